import type { FunctionName } from "./stage-description.ts";

/** Less than the 60 seconds of its state, so that its own error comes first, and than the 60 of the lease that it may hold. */
const MOST = 55;

/** Where a function differs from the rule. */
const LONGER: Partial<Record<FunctionName, number>> = { KeepPage: 180, Reap: 240, UpdateIndices: 890 };

/** How many seconds Lambda lets a function run: then it is stopped in the middle of whatever it does. */
export const functionSeconds = (name: FunctionName): number => LONGER[name] ?? MOST;
