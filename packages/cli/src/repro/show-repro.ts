import { formatDuration, shownText } from "@muster/history";
import type { Context } from "../context.ts";
import { nextCommand } from "../next-command.ts";
import { type Print, type TextStyle, terminalColumns } from "../print.ts";
import { wrapColumns } from "../wrap-columns.ts";
import type { End, Verdict } from "./compare-ends.ts";
import type { Repro } from "./prepare-repro.ts";
import type { ReproArguments } from "./repro-arguments.ts";
import type { ReproJson, ReproRun } from "./repro-report.ts";
import { DRY_RUN } from "./task-to-repeat.ts";

interface Shown {
  readonly print: Print;
  /** The folder, as the user would name it. */
  readonly shown: string;
}

/** Prints the script to standard output, and what it is beside it. */
export function showRepro(
  { report, text }: Repro,
  asked: ReproArguments,
  { print, shown, globals }: Shown & { readonly globals: Context["globals"] },
): void {
  const { task, end, missing } = report;
  note(print, `${task} ${there(report)}${lineOf(end)}`, "red");
  for (const line of [attemptWords(report), ...scriptWords(report), ...missingWords(missing)]) note(print, line, "dim");
  const given = [...optionOf("--build", asked.build), ...optionOf("--attempt", asked.attempt)];
  note(print, `it lies in ${shown}; to run it, or look around there:`, "dim");
  for (const how of ["--run", "--shell"]) print.note(`  ${nextCommand(globals, ["repro", task, ...given, how])}`);
  print.report(text.trimEnd());
}

const optionOf = (option: string, value: string | undefined): string[] => (value === undefined ? [] : [option, value]);

/** Says where the shell is, and how to run the script there. */
export function tellShell({ report }: Repro, { print, shown }: Shown): void {
  note(print, `${report.task} ${there(report)}${lineOf(report.end)}`, "red");
  note(print, attemptWords(report), "dim");
  for (const line of missingWords(report.missing)) note(print, line, "dim");
  note(print, `a shell in ${shown}/work, with its environment; its script is run there by`, "dim");
  note(print, `  ${report.script.file}`);
}

const colours = {
  "fails in the same way": "red",
  "fails in another way": "yellow",
  "fails here alone": "yellow",
  "does not fail": "green",
  "succeeds as it did": "green",
  "was ended": "yellow",
} as const satisfies Record<Verdict, TextStyle>;

/** Prints what came of it, and what was not as it had been. */
export function showRun(report: ReproJson & { readonly run: ReproRun }, { print, shown }: Shown): void {
  const { task, run } = report;
  const say = (text: string, style?: TextStyle) => {
    for (const line of wrap(print, text)) print.report(style === undefined ? line : print.style(style, line));
  };
  say(`${task} ${verdictWords(report)}`, colours[run.verdict]);
  say(`  there: ${there(report)}, after ${formatDuration(report.seconds * 1000)}; ${attemptWords(report)}`, "dim");
  say(`  here: ${run.end.words}, after ${formatDuration(run.seconds * 1000)}`, "dim");
  for (const line of differences(report)) say(`  ${line}`);
  for (const url of run.wrote) say(`  wrote a copy of ${url}, here alone`, "dim");
  for (const url of run.removed) say(`  removed the copy of ${url}, here alone`, "dim");
  say(`its folder stays: ${shown}`, "dim");
}

function verdictWords({ end, run }: ReproJson & { readonly run: ReproRun }): string {
  switch (run.verdict) {
    case "fails in the same way":
      return `fails here in the same way: it ${run.end.words}${lineOf(run.end)}`;
    case "fails in another way":
      return `fails here in another way: it ${run.end.words}${lineOf(run.end)}; there it ${end.words}${lineOf(end)}`;
    case "fails here alone":
      return `fails here, and did not there: it ${run.end.words}${lineOf(run.end)}`;
    case "does not fail":
      return `does not fail here; there it ${end.words}${lineOf(end)}`;
    case "succeeds as it did":
      return "succeeds here, as it did there";
    case "was ended":
      return "was ended here before it had come to its end";
    default:
      return run.verdict satisfies never;
  }
}

/** What was not as the attempt had it, as far as anybody knows. */
function differences(report: ReproJson & { readonly run: ReproRun }): string[] {
  const { run, environment, missing, instance, instanceType } = report;
  const replaced = run.changedObjects.filter(({ change }) => change === "changed since");
  const newer = run.changedObjects.filter(({ change }) => change === "written since");
  const isSame = run.verdict === "fails in the same way" || run.verdict === "succeeds as it did";
  return [
    ...replaced.map(({ url }) => `${url} has changed since: it had the version of then`),
    ...newer.map(({ url }) => `${url} has been written since, and no versions are kept: it had what is there now`),
    ...run.refused.map((url) => `it did not get ${url}`),
    ...missingWords(missing),
    ...(environment[DRY_RUN] === "1" && !isSame ? [`${DRY_RUN}=1 was set here; --publish leaves that out`] : []),
    ...(isSame ? [] : [`it ran on ${machineWords(instance, instanceType)} there, and on this machine here`]),
  ];
}

const machineWords = (instance: string, type: string | null): string =>
  type === null ? instance : `${instance}, a ${type}`;

const there = ({ end, instance, instanceType }: ReproJson): string =>
  `${end.words} on ${machineWords(instance, instanceType)}`;

const lineOf = ({ line }: End): string => (line === null ? "" : `: ${shownText(line, { colours: false })}`);

function attemptWords({ build, attempt, attempts, startedAt }: ReproJson): string {
  const of = attempts === 1 ? "its only attempt" : `attempt ${attempt} of ${attempts}`;
  return `build ${build}, ${of}, ${startedAt.slice(0, 16).replace("T", " ")} UTC`;
}

function scriptWords({ script, init }: ReproJson): string[] {
  const files = { script, ...(init !== null && { init }) };
  return Object.entries(files).map(([role, { file, sha256, changedSince }]) => {
    const name = file.slice(file.lastIndexOf("/") + 1);
    const since = changedSince === null ? "of which the pipeline knows nothing now" : "which has changed since";
    return `${role} ${name}, SHA-256 ${sha256.slice(0, 12)}…${changedSince === false ? "" : `, ${since}`}`;
  });
}

const missingWords = (missing: readonly string[]): string[] =>
  missing.length === 0 ? [] : [`not here, and not looked for: ${missing.join(", ")}`];

function note(print: Print, text: string, style?: TextStyle): void {
  for (const line of wrap({ stdout: print.stderr }, text))
    print.note(style === undefined ? line : print.style(style, line, "stderr"));
}

const wrap = (print: Pick<Print, "stdout">, text: string): string[] =>
  wrapColumns(text, { columns: terminalColumns(print), indent: "    " });
