import { type Drill, notHeld, type Outcome, type StepReport } from "./drill.ts";
import { DRILL_STEPS, type DrillStep } from "./drill-steps.ts";

/** Does the steps of a drill one after the other, whatever becomes of each. What AWS refuses is an outcome too. */
export async function runDrill(
  drill: Drill,
  steps: readonly DrillStep[],
  { say = () => {} }: { say?: (line: string) => void } = {},
): Promise<StepReport[]> {
  const reports: StepReport[] = [];
  for (const step of steps) {
    say(`${step} …`);
    const start = drill.clock.now();
    const outcome = await DRILL_STEPS[step](drill).catch(refused);
    const report = { step, seconds: Math.round((drill.clock.now() - start) / 1000), ...outcome };
    reports.push(report);
    say(`${step}: ${report.verdict}`);
  }
  return reports;
}

function refused(error: unknown): Outcome {
  if (!(error instanceof Error)) throw error;
  // What is wrong with the drill itself is nothing that AWS answered.
  if (error instanceof TypeError || error instanceof RangeError) throw error;
  const [message = ""] = error.message.split("\n");
  return notHeld(
    [`AWS answered ${error.name}: ${message}`],
    [`${error.name}: ${message}, where \`local\` does as it is asked`],
  );
}
