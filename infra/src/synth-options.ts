import { MusterError, nearestWord } from "@muster/pipeline";

/** Refuses bundles that are missing or old, where a synthesis would otherwise make them. */
export const NO_BUNDLE = "--no-bundle";

export interface SynthOptions {
  readonly bundle: boolean;
}

const OPTIONS = [NO_BUNDLE];

/** @throws MusterError naming an option that there is not, and the nearest that there is */
export function synthOptions(args: readonly string[]): SynthOptions {
  const unknown = args.find((arg) => !OPTIONS.includes(arg));
  if (unknown !== undefined) {
    const nearest = nearestWord(unknown, OPTIONS);
    throw new MusterError(`synth has no option ${unknown}`, {
      hint: nearest === undefined ? OPTIONS.join(", ") : `did you mean ${nearest}?`,
    });
  }
  return { bundle: !args.includes(NO_BUNDLE) };
}
