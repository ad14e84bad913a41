import { renderStateMachine } from "@muster/asl";
import hhvm from "@muster/pipeline-hhvm";
import { type Area, type Difference, recordedCases } from "../difference.ts";
import { byKey, type Fact, type Facts, factsOf } from "../machine-facts.ts";
import { changedStates } from "./changed-states.ts";

const resources = {
  functionArn: (name: string) => `arn:aws:lambda:us-west-2:000000000000:function:${name}`,
  activityArn: (name: string) => `arn:aws:states:us-west-2:000000000000:activity:${name}`,
};

const ACTIVITIES = hhvm.activities.map(({ name }) => name);
const isActivity = ({ state }: Fact) => ACTIVITIES.includes(state);
const isFunction = (fact: Fact) => fact.Type === "Task" && !isActivity(fact);
const isPreparation = ({ state }: Fact) => state.startsWith("PrepareTo");

const each = (row: string, change: (fact: Fact) => Partial<Fact> | undefined): Difference<unknown, Facts> => ({
  row,
  turns: (facts) => byKey(Object.values(facts).map((fact) => ({ ...fact, ...change(fact) }))),
});

const never = {
  ErrorEquals: ["TestBuildNoRetry", "Muster.InvalidInput", "Muster.InvalidConfiguration", "Muster.NoWorkerStarted"],
  MaxAttempts: 0,
};
const lost = { ErrorEquals: ["Muster.WorkerInterrupted", "States.HeartbeatTimeout"], MaxAttempts: 5, BackoffRate: 1 };
const requeued = { ErrorEquals: ["Muster.Requeued"], MaxAttempts: 1000, BackoffRate: 1 };
const retriers = (...added: object[]) => added.map((retrier) => ({ IntervalSeconds: 1, BackoffRate: 2, ...retrier }));
/** Whatever it is retried for, but CheckForFailures, which fails on purpose. */
const retriesAll = ({ Retry = [] }: Fact) =>
  Retry.some((retrier) => (retrier as typeof never).ErrorEquals.includes("States.ALL"));

/** Before all but a wait's own end, which is no failure. */
const withNever = (retry: readonly unknown[]) => {
  const first = (retry[0] as typeof never).ErrorEquals.includes("States.Timeout") ? 1 : 0;
  return [...retry.slice(0, first), ...retriers(never), ...retry.slice(first)];
};

/** Names that functions are told beyond what they were. */
function told({ state, Parameters = [] }: Fact): readonly string[] | undefined {
  if (state.startsWith("PrepareTo"))
    return [...Parameters.filter((name) => name !== "results"), "enteredTime", "execution"];
  if (state === "GetPlatformsForVersion") return ["buildInput", "execution", "version"];
  if (state === "ParseInput") return ["execution", "input"];
  if (state === "NormalizeResults") return ["results"];
  if (state === "CheckForFailures") return ["execution", "results"];
  if (/^(CheckIfReposChanged|UpdateIndices|InvalidateCloudFront)$/.test(state))
    return ["buildInput", "execution", "results"];
  return undefined;
}

/** Every state of the machine, and where it goes. */
export const states: Area<readonly Fact[], Facts> = {
  cases: [recordedCases<Fact>("states.json")],
  predecessor: byKey,
  muster: () => factsOf(renderStateMachine(hhvm, resources)),
  differences: [
    ...changedStates,
    each("four hours", (fact) => (fact.TimeoutSeconds === 10_800 ? { TimeoutSeconds: 14_400 } : undefined)),
    each("heartbeats", (fact) => (isActivity(fact) ? { HeartbeatSeconds: 300 } : undefined)),
    each("functions that hang", (fact) => {
      if (!isFunction(fact) || fact.state === "HealthCheckWait") return undefined;
      return { TimeoutSeconds: fact.state === "UpdateIndices" ? 900 : 60 };
    }),
    each("lost workers", (fact) =>
      isActivity(fact) ? { Retry: [...retriers(lost), ...(fact.Retry ?? [])] } : undefined,
    ),
    each("tasks given back", (fact) =>
      isActivity(fact) ? { Retry: [...retriers(requeued), ...(fact.Retry ?? [])] } : undefined,
    ),
    each("what cannot get better", (fact) => (retriesAll(fact) ? { Retry: withNever(fact.Retry ?? []) } : undefined)),
    each("answers within results", (fact) =>
      isActivity(fact) ? { ResultPath: `$.results.${fact.state}`, ResultSelector: { "success.$": "$" } } : undefined,
    ),
    each("failed preparations", (fact) =>
      isPreparation(fact)
        ? {
            Catch:
              fact.Catch?.map((catcher) => ({
                ...(catcher as object),
                ResultPath: `$.results.${fact.state}.failure`,
              })) ?? [],
          }
        : undefined,
    ),
    each("what functions are told", (fact) => {
      const names = told(fact);
      return names && { Parameters: [...names].sort() };
    }),
    each("all platforms", (fact) => {
      if (fact.state === "ForEachPlatform") {
        return { ItemsPath: "$.platforms.ofBuild", Parameters: [...(fact.Parameters ?? []), "platforms"].sort() };
      }
      if (fact.state === "GetPlatformsForVersion") return { Parameters: ["answer", ...(fact.Parameters ?? [])] };
      const knows =
        fact.within.includes("BuildAndPublishLinuxAnd") && (isPreparation(fact) || fact.Type === "Parallel");
      return knows ? { Parameters: [...(fact.Parameters ?? []), "platforms"].sort() } : undefined;
    }),
  ],
};
