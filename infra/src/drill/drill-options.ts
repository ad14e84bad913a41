import { parseArgs } from "node:util";
import { MusterError, nearestWord } from "@muster/pipeline";
import { DRILL_STEPS, type DrillStep } from "./drill-steps.ts";

export interface DrillOptions {
  readonly stage: string;
  /** All where none is named. */
  readonly steps: readonly DrillStep[];
  readonly spotRole: string | undefined;
  readonly json: boolean;
  /** What its builds are asked for. */
  readonly words: readonly string[];
}

const STEPS = Object.keys(DRILL_STEPS) as DrillStep[];
const OPTIONS = { "spot-role": { type: "string" }, json: { type: "boolean" } } as const;

/**
 * @param stages that there are
 * @throws MusterError naming what is wrong, and what there is
 */
export function drillOptions(args: readonly string[], stages: readonly string[]): DrillOptions {
  const end = args.includes("--") ? args.indexOf("--") : args.length;
  const { values, positionals } = parsed(args.slice(0, end));
  const [stage, ...named] = positionals;
  if (stage === undefined) throw new MusterError("drill needs a stage", { hint: `stages.ts has ${stages.join(", ")}` });
  const role = values["spot-role"];
  if (role !== undefined && !/^arn:aws:iam::\d{12}:role\/.+$/.test(role))
    throw new MusterError(`--spot-role must be a role's ARN, not ${role}`, {
      hint: "arn:aws:iam::111122223333:role/fault-injection",
    });
  // In their own order: the last one waits until machines of those before are gone.
  const steps = named.length === 0 ? STEPS : STEPS.filter((step) => named.map(stepNamed).includes(step));
  return { stage, steps, spotRole: role, json: values.json ?? false, words: args.slice(end + 1) };
}

function parsed(args: readonly string[]) {
  const known = Object.keys(OPTIONS).map((name) => `--${name}`);
  const unknown = args.find((arg) => arg.startsWith("-") && !known.includes(arg.split("=")[0] ?? ""));
  if (unknown !== undefined) {
    const nearest = nearestWord(unknown, known);
    throw new MusterError(`drill has no option ${unknown}`, {
      hint: nearest === undefined ? known.join(", ") : `did you mean ${nearest}?`,
    });
  }
  try {
    return parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true });
  } catch (error) {
    throw new MusterError(error instanceof Error ? error.message : String(error), { cause: error });
  }
}

function stepNamed(name: string): DrillStep {
  const found = STEPS.find((step) => step === name);
  if (found !== undefined) return found;
  const nearest = nearestWord(name, STEPS);
  throw new MusterError(`a drill has no step "${name}"`, {
    hint: nearest === undefined ? STEPS.join(", ") : `did you mean ${nearest}?`,
  });
}
