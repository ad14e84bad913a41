import { unreachable } from "@muster/pipeline";
import { counted } from "../counted.ts";
import type { TextStyle } from "../print.ts";
import { wrapColumns } from "../wrap-columns.ts";
import type { NotificationJson } from "./read-notifications.ts";

export interface ReportOptions {
  /** Of the terminal; undefined where nobody knows, for lines of any length. */
  readonly columns: number | undefined;
  readonly style: (format: TextStyle, text: string) => string;
}

/** The answer, then a line for each of them. @param subject `1.2.3_alice failed`, `a trial` */
export function reportNotifications(
  subject: string,
  notifications: readonly NotificationJson[],
  { columns, style }: ReportOptions,
): string[] {
  const widest = Math.max(...notifications.map(({ target }) => target.length));
  const lines = notifications.flatMap((notification) => {
    const name = notification.target.padEnd(widest);
    const [first = "", ...rest] = wrapColumns(`${signOf(notification)} ${name}  ${wordsOf(notification)}`, {
      columns,
      indent: "  ",
    });
    const colour = colourOf(notification);
    return [style(colour, first), ...rest.map((line) => style(colour, line))];
  });
  return [...wrapColumns(`${subject}: ${answerOf(notifications)}`, { columns, indent: "  " }), ...lines];
}

/** `told 2 of 3, chat was not told` */
export function answerOf(notifications: readonly NotificationJson[]): string {
  const of = (state: NotificationJson["state"]) => notifications.filter((each) => each.state === state);
  const wanted = notifications.filter(({ state }) => state !== "off" && state !== "not wanted");
  if (wanted.length === 0) return "nobody is told of it";
  const names = (state: NotificationJson["state"]) =>
    of(state)
      .map(({ target }) => target)
      .join(", ");
  const [told, lost] = [of("told").length, of("not told").length];
  if (told === wanted.length) return told === 1 ? "told" : `told all ${told}`;
  const parts = [
    ...(told > 0 ? [`told ${told} of ${wanted.length}`] : []),
    ...(lost > 0 ? [`${names("not told")} ${lost === 1 ? "was" : "were"} not told`] : []),
    ...(of("being told").length > 0 ? [`${names("being told")} will be tried again`] : []),
    ...(of("to be told").length > 0 ? [`${counted(of("to be told").length, "one")} to be told at its end`] : []),
  ];
  return parts.join(", ");
}

function signOf({ state }: NotificationJson): string {
  switch (state) {
    case "told":
      return "✔";
    case "not told":
      return "✖";
    case "being told":
      return "…";
    case "to be told":
    case "not wanted":
    case "off":
      return "·";
    default:
      return unreachable(state);
  }
}

function colourOf({ state }: NotificationJson): TextStyle {
  switch (state) {
    case "told":
      return "green";
    case "not told":
      return "red";
    case "being told":
      return "yellow";
    case "to be told":
    case "not wanted":
    case "off":
      return "dim";
    default:
      return unreachable(state);
  }
}

const KINDS: Readonly<Record<string, string>> = { webhook: "webhook", slack: "chat", sns: "topic" };

function wordsOf({ kind, state, at, requests, problem }: NotificationJson): string {
  const what = KINDS[kind] ?? kind;
  switch (state) {
    case "told":
      return `${what}, ${at === null ? "told" : `at ${at.toISOString().slice(0, 19).replace("T", " ")} UTC`}${tries(requests)}`;
    case "not told":
    case "being told":
      return `${what}: ${problem ?? "not told yet"}`;
    case "to be told":
      return `${what}, when the build has ended`;
    case "not wanted":
      return `${what}, is not told of such ends`;
    case "off":
      return `${what}, is not told by this stage`;
    default:
      return unreachable(state);
  }
}

const tries = (requests: number | null): string =>
  requests === null || requests <= 1 ? "" : `, at the ${ordinal(requests)} try`;

const ORDINALS = ["first", "second", "third"];
const ordinal = (number: number): string => ORDINALS[number - 1] ?? `${number}th`;
