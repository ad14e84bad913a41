import type { ExitCode } from "../command.ts";
import type { Context } from "../context.ts";
import { counted } from "../counted.ts";
import { explainError } from "../explain-error.ts";
import { layoutRows } from "../plan/layout-rows.ts";
import { type Print, terminalColumns } from "../print.ts";
import type { Stage } from "../stages/stage.ts";
import { bad, type Finding } from "./finding.ts";
import { localFindings, machineFindings } from "./machine-findings.ts";
import { stageFindings } from "./stage-findings.ts";

/** What `muster doctor --json` prints. */
export interface DoctorJson {
  readonly findings: readonly Finding[];
}

const looks = {
  good: { symbol: "✔", colour: "green" },
  poor: { symbol: "!", colour: "yellow" },
  bad: { symbol: "✖", colour: "red" },
} as const;

/**
 * Looks at all that commands rely on, and says of each thing what there is and what to do. The exit code is that of what commands would fail with: 3 where
 * the stage cannot be asked, 2 where it is this machine or the pipeline.
 */
export async function showDoctor(context: Context): Promise<ExitCode> {
  const { print, globals } = context;
  const here = await machineFindings(context);
  const isKnown = here.every(({ what, state }) => what !== "pipeline" || state !== "bad");
  const [ofStage, stageCode] = isKnown ? await lookAtStage(context) : ([[], 2] as const);
  const findings = [...here, ...ofStage];
  if (globals.json) print.json({ findings } satisfies DoctorJson);
  else for (const line of linesOf(findings, print)) print.report(line);
  if (here.some(({ state }) => state === "bad")) return 2;
  return ofStage.some(({ state }) => state === "bad") ? stageCode : 0;
}

/** A stage that cannot be opened is a finding, and not the end. */
async function lookAtStage(context: Context): Promise<readonly [findings: readonly Finding[], exitCode: 2 | 3]> {
  let stage: Stage;
  try {
    stage = await context.openStage({ to: "read" });
  } catch (error) {
    const { message, hint, exitCode } = explainError(error);
    return [[bad("stage", message, hint)], exitCode];
  }
  return stage.movedBy === "aws" ? [await stageFindings(stage), 3] : [await localFindings(context), 2];
}

function linesOf(findings: readonly Finding[], print: Print): string[] {
  const rows = findings.map(({ what, state, words, remedy }) => {
    const { symbol, colour } = looks[state];
    return [
      print.style(colour, symbol),
      what,
      remedy === undefined ? words : `${words} ${print.style("dim", `(${remedy})`)}`,
    ];
  });
  const count = (wanted: Finding["state"]) => findings.filter(({ state }) => state === wanted).length;
  const verdict =
    count("bad") + count("poor") === 0
      ? "all is well"
      : [
          ...(count("bad") > 0 ? [`${counted(count("bad"), "thing")} to be mended first`] : []),
          ...(count("poor") > 0 ? [`${counted(count("poor"), "thing")} to look at`] : []),
        ].join(", ");
  return [...layoutRows(rows, terminalColumns(print)), verdict];
}
