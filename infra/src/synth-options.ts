import { MusterError, nearestWord } from "@muster/pipeline";

/** Refuses bundles that are missing or old, where a synthesis would otherwise make them. */
export const NO_BUNDLE = "--no-bundle";
const COST = "--cost";
const JSON_OUTPUT = "--json";
const OPTIONS = [NO_BUNDLE, COST, JSON_OUTPUT];

export interface SynthOptions {
  readonly bundle: boolean;
  /** How costs are told; undefined where they are not. */
  readonly cost: "text" | "json" | undefined;
}

/** @throws MusterError naming an option that there is not, and the nearest that there is */
export function synthOptions(args: readonly string[]): SynthOptions {
  const unknown = args.find((arg) => !OPTIONS.includes(arg));
  if (unknown !== undefined) {
    const nearest = nearestWord(unknown, OPTIONS);
    throw new MusterError(`synth has no option ${unknown}`, {
      hint: nearest === undefined ? OPTIONS.join(", ") : `did you mean ${nearest}?`,
    });
  }
  const json = args.includes(JSON_OUTPUT);
  if (json && !args.includes(COST))
    throw new MusterError(`${JSON_OUTPUT} is how ${COST} prints`, { hint: `synth ${COST} ${JSON_OUTPUT}` });
  return { bundle: !args.includes(NO_BUNDLE), cost: args.includes(COST) ? (json ? "json" : "text") : undefined };
}
