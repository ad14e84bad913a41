import type { BuildEndMessage, FailedStepMessage } from "./message.ts";

/** `36:10`, `1:02:10`, `41 s` */
export function spanOf(seconds: number): string {
  if (seconds < 60) return `${seconds} s`;
  const pad = (part: number) => String(part).padStart(2, "0");
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  return hours > 0 ? `${hours}:${pad(minutes)}:${pad(seconds % 60)}` : `${minutes}:${pad(seconds % 60)}`;
}

/** A message in a few lines, for mails. */
export function mailText({ data }: BuildEndMessage): string {
  const numbers = numbersOf(data);
  return [
    `${data.title}.`,
    ...(numbers === undefined ? [] : [numbers]),
    ...paragraph(linesOf(data)),
    ...paragraph([
      ...data.commands.map((command) => `  ${command}`),
      ...(data.page === null ? [] : [`  ${data.page}`]),
    ]),
  ].join("\n");
}

/**
 * The same as Slack and those like it mark it up. What scripts have printed stands in a block of code, where no chat reads a
 * mention or a link.
 * @see https://api.slack.com/reference/surfaces/formatting
 */
export function chatText({ type, data }: BuildEndMessage): string {
  const numbers = numbersOf(data);
  const lines = linesOf(data);
  return [
    `${signOf(type)} *${escaped(data.title)}*`,
    ...(numbers === undefined ? [] : [numbers]),
    ...(lines.length === 0 ? [] : ["```", ...lines.map((line) => escaped(line).replaceAll("`", "'")), "```"]),
    ...data.commands.map((command) => `\`${escaped(command)}\``),
    ...(data.page === null ? [] : [`<${escaped(data.page)}|its page>`]),
  ].join("\n");
}

const escaped = (text: string): string => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

function signOf(type: BuildEndMessage["type"]): string {
  switch (type) {
    case "build.succeeded":
    case "build.recovered":
      return "✔";
    case "build.failed":
    case "build.timed-out":
      return "✖";
    case "build.stopped":
      return "■";
    case "build.test":
      return "○";
  }
}

function numbersOf({ seconds, steps }: BuildEndMessage["data"]): string | undefined {
  if (seconds === null) return undefined;
  const counts =
    steps === null
      ? []
      : (["succeeded", "failed", "skipped"] as const)
          .filter((kind) => steps[kind] > 0)
          .map((kind) => `${steps[kind]} ${kind}`);
  return [`after ${spanOf(seconds)}`, ...(counts.length === 0 ? [] : [counts.join(", ")])].join(": ");
}

function linesOf({ failed, steps }: BuildEndMessage["data"]): string[] {
  const more = (steps?.failed ?? failed.length) - failed.length;
  return [...failed.map(lineOf), ...(more > 0 ? [`… and ${more} more`] : [])];
}

/** As a failed build's list has it. */
function lineOf({ step, version, platform, instance, error, seconds, line }: FailedStepMessage): string {
  const where = [step, version, platform, instance, error].filter((part) => part !== null).join(" ");
  return `${where}${seconds === null ? "" : `, after ${seconds} s`}${line === null ? "" : `: ${line}`}`;
}

const paragraph = (lines: readonly string[]): string[] => (lines.length === 0 ? [] : ["", ...lines]);
