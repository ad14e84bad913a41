import type { State, States } from "@muster/asl";

/** What is compared of a state: where it is, where it goes, what it keeps, and what it tells whom it calls. */
export interface Fact {
  readonly within: readonly string[];
  readonly state: string;
  readonly Type: string;
  /** Its nested machine starts with it. */
  readonly First?: true;
  readonly Next?: string;
  readonly Default?: string;
  readonly Choices?: readonly unknown[];
  readonly Catch?: readonly unknown[];
  readonly Retry?: readonly unknown[];
  readonly ItemsPath?: string;
  readonly InputPath?: string;
  readonly OutputPath?: string;
  readonly ResultSelector?: unknown;
  /** Absent where the result replaces all. */
  readonly ResultPath?: string | null;
  readonly TimeoutSeconds?: number;
  readonly HeartbeatSeconds?: number;
  /** Names, in their order; of a Map what its items get, by whichever of its two names. */
  readonly Parameters?: readonly string[];
}

/** By the names of the states that a state is nested in, and its own. */
export type Facts = Readonly<Record<string, Fact>>;

export const keyOf = ({ within, state }: Pick<Fact, "within" | "state">): string => [...within, state].join("/");

export const byKey = (facts: readonly Fact[]): Facts => Object.fromEntries(facts.map((fact) => [keyOf(fact), fact]));

const COMPARED = [
  "Next",
  "End",
  "Default",
  "Choices",
  "Catch",
  "ItemsPath",
  "InputPath",
  "OutputPath",
  "ResultSelector",
  "TimeoutSeconds",
  "TimeoutSecondsPath",
  "HeartbeatSeconds",
  "Seconds",
  "SecondsPath",
] as const;

type Json = Readonly<Record<string, unknown>>;

/** The facts of a rendered state machine. */
export const factsOf = (machine: { StartAt: string; States: States }): Facts => byKey([...walk(machine, [])]);

function* walk({ StartAt, States }: { StartAt: string; States: States }, within: readonly string[]): Generator<Fact> {
  for (const [name, state] of Object.entries(States)) {
    yield { ...factOf(state, within, name), ...(name === StartAt && { First: true }) };
    const nested = state.Type === "Parallel" ? state.Branches : state.Type === "Map" ? [state.ItemProcessor] : [];
    for (const machine of nested) yield* walk(machine, [...within, name]);
  }
}

/** As AWS fills them in. @see https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html */
const RETRY_DEFAULTS = { IntervalSeconds: 1, MaxAttempts: 3, BackoffRate: 2 };

function factOf(state: State, within: readonly string[], name: string): Fact {
  const written = state as unknown as Json;
  const told = (written.Parameters ?? written.ItemSelector) as Json | undefined;
  const retry = written.Retry as readonly Json[] | undefined;
  const { Type } = state;
  return {
    within,
    state: name,
    Type,
    ...Object.fromEntries(COMPARED.filter((field) => field in written).map((field) => [field, written[field]])),
    ...("ResultPath" in written && written.ResultPath !== "$" && { ResultPath: written.ResultPath }),
    ...(retry && { Retry: retry.map((retrier) => ({ ...RETRY_DEFAULTS, ...retrier })) }),
    ...(told && {
      Parameters: Object.keys(told)
        .map((key) => key.replace(/\.\$$/, ""))
        .sort(),
    }),
  } as Fact;
}
