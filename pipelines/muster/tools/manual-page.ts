import type { CommandHelp, OptionDescription } from "./command-help.ts";

/** The manual page `muster(1)`, in the macros that man-db formats. */
export function manualPage(help: CommandHelp, { version, date }: { version: string; date: Date }): string {
  return [
    `.TH MUSTER 1 "${date.toISOString().slice(0, 10)}" "Muster ${roff(version)}" "User Commands"`,
    ".SH NAME",
    "muster \\- build, package and publish software releases",
    ".SH SYNOPSIS",
    ".B muster",
    ".I command",
    "[\\fIword\\fR | \\fIoption\\fR] ...",
    ".SH DESCRIPTION",
    ...paragraph(
      "Muster builds, packages and publishes releases on workers that exist only while there is work for them: on EC2, or as processes on this machine, with no AWS account. One state machine runs any combination of versions, platforms and steps; it skips what is done already, keeps going when a step fails, and ends with one list of everything that failed.",
    ),
    ".SH COMMANDS",
    ...help.commands.flatMap(({ name, summary, places, options, examples }) => [
      `.SS ${[`muster ${roff(name)}`, ...places.map(({ usage }) => roff(usage))].join(" ")}`,
      ...paragraph(`${summary}.`),
      ...places.flatMap(({ usage, summary: what, words }) => [
        ".TP",
        `.I ${roff(usage)}`,
        ...paragraph([what, ...(words.length > 0 ? [`Also ${words.join(", ")}`] : [])].join(". ")),
      ]),
      ...options.flatMap(option),
      ...(examples.length > 0
        ? [".PP", "Examples:", ".nf", ...examples.map((each) => `    muster ${roff(each)}`), ".fi"]
        : []),
    ]),
    ".SH OPTIONS",
    ...help.options.flatMap(option),
    ".SH EXIT STATUS",
    ...[
      ["0", "Done."],
      ["1", "The build failed; the report lists every step that did."],
      ["2", "The command could not be carried out; one line says what and how to go on."],
    ].flatMap(([code = "", what = ""]) => [".TP", `.B ${code}`, ...paragraph(what)]),
    ".SH FILES",
    ".TP",
    ".I .muster/",
    ...paragraph(
      "State of the local stage in the working directory: executions, logs, and the objects of its buckets, as plain files.",
    ),
    "",
  ].join("\n");
}

function option({ name, short, value, summary }: OptionDescription): string[] {
  const spelled = [name, ...(short === undefined ? [] : [short])].map((each) => `\\fB${roff(each)}\\fR`).join(", ");
  return [".TP", `${spelled}${value === undefined ? "" : ` \\fI${roff(value)}\\fR`}`, ...paragraph(summary)];
}

/** A line that starts with a dot or an apostrophe would be a macro. */
const paragraph = (text: string): string[] => [roff(text).replace(/^[.']/, "\\&$&")];

const roff = (text: string): string => text.replaceAll("\\", "\\e").replaceAll("-", "\\-").replaceAll("…", "...");
