import { Readable } from "node:stream";
import { createHandlers, type LambdaHandler } from "@muster/lambdas";
import type { FaultRates } from "@muster/local";
import type { FunctionName, Lease } from "@muster/pipeline";
import type { WorldPlan } from "../faults/world-plan.ts";
import { buildsEnd, doneIsDone, successMeansAll, tasksAreAccountedFor, withinQuotas } from "../invariants/builds.ts";
import { withinRates } from "../invariants/calls.ts";
import type { Invariant } from "../invariants/invariant.ts";
import { idleMachinesEnd, nothingIsLeft, oneFleetAToken, workersWithinCap } from "../invariants/machines.ts";
import { retriesAsTheRulesSay } from "../invariants/retries.ts";
import {
  exclusiveAlone,
  fencingGrows,
  heartbeatsAreLostForAReason,
  nobodyPublishesStale,
  successesAreTrue,
  successesArrive,
  takersBegin,
} from "../invariants/scripts.ts";
import { calmIsCalm, nobodyWaitsInQuiet } from "../invariants/waiting.ts";
import type { Deployment } from "../world/deployment.ts";
import type { Sabotage } from "../world/sabotage.ts";
import {
  type Answer,
  answer,
  answering,
  changing,
  dropHeaders,
  isEc2,
  isFor,
  type Request,
  rewrite,
} from "./on-the-wire.ts";

/** A Muster that lacks one thing that it does, and the weather in which that shows. */
export interface BrokenVariant {
  readonly caughtBy: Invariant;
  readonly sabotage?: Sabotage;
  readonly deployment?: Deployment;
  readonly rates?: FaultRates;
  readonly worldRates?: NonNullable<WorldPlan["worldRates"]>;
  /** Words of the build; by default the fewest that make one task of each step. */
  readonly words?: readonly string[];
}

type State = Readonly<Record<string, unknown>>;

const TOO_LATE = answer(JSON.stringify({ __type: "TaskTimedOut", message: "" }), 400, {
  "x-amzn-errortype": "TaskTimedOut",
});
const ABSENT = answer("<Error><Code>NoSuchKey</Code></Error>", 404, { "content-type": "text/xml" });
const DONE = answer("{}");
const DELETED = answer('<?xml version="1.0"?><DeleteResult/>', 200, { "content-type": "application/xml" });

export const FEWEST = ["1.0.0", "debian-12-bookworm"];
const TWO = [...FEWEST, "1.1.0"];
const WHOLE = ["1.0.0", "1.1.0"];
const SOME_FAIL = { "script.fails": 0.4 } as const;

const isLease = ({ path }: Request): boolean => path.includes("leases/exclusive/");

/** Every launch asks for one machine more. */
const oneMore = changing((request) => {
  if (!isEc2(request, "CreateFleet")) return;
  rewrite(request, (form) =>
    form.replace(/(TotalTargetCapacity=)(\d+)/, (_, name: string, wanted: string) => name + (Number(wanted) + 1)),
  );
});

/** The same task's report, of another kind. */
function becomes(request: Request, operation: string, says: object): void {
  for (const name of Object.keys(request.headers))
    if (name.toLowerCase() === "x-amz-target") request.headers[name] = `AWSStepFunctions.${operation}`;
  rewrite(request, (text) => JSON.stringify({ taskToken: JSON.parse(text).taskToken, ...says }));
}

const leaseThatNobodyFinds = answering(async (request, go) => {
  if (!isLease(request)) return go();
  if (request.method === "GET") return ABSENT;
  dropHeaders(request, /^if-/i);
  return go();
});

/** Whoever reads it finds that its holder has let go, and writes over what stands there: one more holder, and none that is lost. */
const leaseThatNobodyKeeps = answering(async (request, go) => {
  if (!isLease(request)) return go();
  if (request.method === "GET") return go().then((given) => leaseAs(given, { released: true }));
  dropHeaders(request, /^if-/i);
  return go();
});

async function leaseAs(given: Answer, changes: Partial<Lease>): Promise<Answer> {
  if (given.response.statusCode >= 400) return given;
  const chunks: Uint8Array[] = [];
  for await (const chunk of given.response.body as AsyncIterable<Uint8Array>) chunks.push(chunk);
  const body = JSON.stringify({ ...JSON.parse(Buffer.concat(chunks).toString()), ...changes });
  const headers = { ...given.response.headers, "content-length": String(Buffer.byteLength(body)) };
  return { response: { statusCode: 200, headers, body: Readable.from([Buffer.from(body)]) } } as unknown as Answer;
}

const ownLeaseTakenForAnothers = answering(async (request, go) => {
  if (!isLease(request)) return go();
  dropHeaders(request, /^x-amz-meta-muster-write$/i);
  return request.method === "GET" ? go().then((given) => leaseAs(given, { holder: "i-another" })) : go();
});

/** Functions that believe each step to be allowed so many. */
const limitedTo = (maxWorkers: number): Deployment => ({
  functions({ pipeline, stage, clients, now }) {
    const activities = pipeline.activities.map((activity) => ({ ...activity, maxWorkers }));
    return createHandlers({ ...pipeline, activities }, stage, { ...clients, now });
  },
});

/** One function that does otherwise than `run` would. */
const handled = (
  name: FunctionName,
  otherwise: (event: unknown, run: LambdaHandler) => Promise<unknown>,
): Deployment => ({
  functions: ({ handlers }) => ({ [name]: (event: unknown) => otherwise(event, handlers[name]) }),
});

/** A machine in which all states are as `change` leaves them, and whatever else is an object. */
const states =
  (change: (state: State) => State): NonNullable<Deployment["definition"]> =>
  (rendered) =>
    JSON.parse(
      JSON.stringify(rendered, (_, value: unknown) =>
        typeof value === "object" && value !== null && !Array.isArray(value) ? change(value as State) : value,
      ),
    );

const isOfActivity = ({ Resource }: State): boolean => typeof Resource === "string" && Resource.includes(":activity:");

const withoutTime = ({ HeartbeatSeconds: _, ...state }: State): State =>
  isOfActivity(state) ? { ...state, TimeoutSeconds: 40 * 86_400 } : state;

const triedOnce = ({ Retry, ...state }: State): State =>
  isOfActivity(state) || Retry === undefined ? state : { ...state, Retry };

/** `Source` is done, its result dropped, and done again. */
function twice(state: State): State {
  const { Source, ShouldSource, ...rest } = (state.States ?? {}) as Readonly<Record<string, State>>;
  if (Source === undefined) return state;
  const first = { ...Source, ResultPath: null, Next: "Source" };
  return {
    ...state,
    States: { ...rest, ShouldSource: { ...ShouldSource, Default: "SourceBefore" }, SourceBefore: first, Source },
  };
}

const calledTooOften = answering(async (request, go) => {
  if (isEc2(request, "CreateTags")) for (let more = 0; more < 200; more++) await go();
  return go();
});

/** One at least for each of `invariants`: by what is broken, in the words of a Muster with it. */
export const brokenVariants: Readonly<Record<string, BrokenVariant>> = {
  "reports that nobody gets, and no time that is over": {
    caughtBy: buildsEnd,
    deployment: { definition: states(withoutTime) },
    sabotage: { machines: answering(async (request, go) => (isFor(request, "SendTaskSuccess") ? DONE : go())) },
  },
  "a report that names nobody": {
    caughtBy: tasksAreAccountedFor,
    deployment: handled("CheckForFailures", (event, run) =>
      run(event).catch((error: Error) => {
        error.message = error.message.split("\n")[0] ?? "";
        throw error;
      }),
    ),
    worldRates: SOME_FAIL,
  },
  "failures under the name of an earlier attempt's": {
    caughtBy: tasksAreAccountedFor,
    deployment: handled("NormalizeResults", (event, run) =>
      run(JSON.parse(JSON.stringify(event).replaceAll("Muster.ScriptFailed", "States.Timeout"))),
    ),
    worldRates: SOME_FAIL,
  },
  "a build that never fails": {
    caughtBy: successMeansAll,
    deployment: handled("CheckForFailures", (event, run) =>
      run(event).catch(() => (event as { results: unknown }).results),
    ),
    worldRates: SOME_FAIL,
  },
  "a step that is done twice": { caughtBy: doneIsDone, deployment: { definition: states(twice) } },
  "answers without a limit": {
    caughtBy: withinQuotas,
    deployment: handled("PrepareActivity", async (event, run) => ({
      ...((await run(event)) as object),
      evidence: "x".repeat(300_000),
    })),
  },
  "tags that are written two hundred times": { caughtBy: withinRates, sabotage: { machines: calledTooOften } },
  "no retries": {
    caughtBy: retriesAsTheRulesSay,
    deployment: { definition: states(triedOnce) },
    worldRates: SOME_FAIL,
  },
  "an own conditional write that is taken for another's": {
    caughtBy: takersBegin,
    sabotage: { machines: ownLeaseTakenForAnothers },
    rates: { "s3.repeated": { PutObject: 0.6 } },
  },
  "a lease that nobody finds, and two workers for one": {
    caughtBy: exclusiveAlone,
    sabotage: { machines: leaseThatNobodyFinds, functions: oneMore },
    words: TWO,
  },
  "a lease that nobody finds": {
    caughtBy: fencingGrows,
    sabotage: { machines: leaseThatNobodyFinds },
    words: TWO,
  },
  "a lease that its holder does not know to have lost": {
    caughtBy: nobodyPublishesStale,
    sabotage: { machines: leaseThatNobodyKeeps, functions: oneMore },
    words: WHOLE,
  },
  "failures that are reported as successes": {
    caughtBy: successesAreTrue,
    sabotage: {
      machines: changing((request) => {
        if (isFor(request, "SendTaskFailure")) becomes(request, "SendTaskSuccess", { output: "{}" });
      }),
    },
    worldRates: SOME_FAIL,
  },
  "reports that are not repeated": {
    caughtBy: successesArrive,
    sabotage: {
      machines: answering(async (request, go) => {
        if (!isFor(request, "SendTaskSuccess")) return go();
        const given = await go().catch(() => TOO_LATE);
        return given.response.statusCode < 400 ? given : TOO_LATE;
      }),
    },
    rates: { "states.failed": { SendTaskSuccess: 0.4 } },
  },
  "no heartbeats": {
    caughtBy: heartbeatsAreLostForAReason,
    sabotage: { machines: answering(async (request, go) => (isFor(request, "SendTaskHeartbeat") ? DONE : go())) },
  },
  "launches without a client token": {
    caughtBy: oneFleetAToken,
    sabotage: {
      functions: changing((request) => {
        if (isEc2(request, "CreateFleet")) rewrite(request, (form) => form.replace(/&ClientToken=[^&]*/, ""));
      }),
    },
    rates: { "ec2.lost": { CreateFleet: 0.5 } },
  },
  "no limit of workers": {
    caughtBy: workersWithinCap,
    deployment: limitedTo(100),
    words: WHOLE,
  },
  "workers that wait for tasks without end": {
    caughtBy: idleMachinesEnd,
    sabotage: { environment: { IDLE_SECONDS: "7200" } },
  },
  "records that are never deleted": {
    caughtBy: nothingIsLeft,
    sabotage: {
      functions: answering(async (request, go) =>
        request.method === "POST" && request.query !== undefined && "delete" in request.query ? DELETED : go(),
      ),
    },
  },
  "a deficit that is one at most": {
    caughtBy: nobodyWaitsInQuiet,
    deployment: limitedTo(1),
    words: ["1.0.0"],
  },
  "successes that are reported as failures": {
    caughtBy: calmIsCalm,
    sabotage: {
      machines: changing((request) => {
        if (isFor(request, "SendTaskSuccess")) becomes(request, "SendTaskFailure", { error: "Muster.ScriptFailed" });
      }),
    },
  },
};
