import type { Clock } from "../clock.ts";
import { ConnectionError, errorOf, type Fault, outages } from "../fault.ts";
import type { Movement } from "../movement.ts";
import { type CallMishap, FAULTY_SERVICES, type FaultyService } from "./fault-kinds.ts";
import type { FaultSource, Mishap, Occasion } from "./fault-source.ts";
import type { Pause } from "./pause.ts";
import { CONDITIONAL_CONFLICT, SERVICE_FAILURES } from "./service-failures.ts";

/** A call as far as it matters for what may happen to it. */
export interface MishapCall {
  readonly service: string;
  readonly operation: string;
  /** What it is about, by a name that is the same in every run: an object's key, an activity. */
  readonly about: string | undefined;
  /** Changes something only if something is so: an S3 write with If-Match or If-None-Match. */
  readonly conditional: boolean;
  /** Whether it can take effect twice, or after its client has gone: not if its body is still on its way. */
  readonly repeatable: boolean;
}

/** Lets a call take effect. Called twice, it takes effect twice. */
export type TakeEffect = (signal: AbortSignal) => Promise<unknown>;

export interface CallMishaps {
  /** Answers as the service does, if nothing happens to the call; throws what its client meets instead. */
  around(call: MishapCall, takeEffect: TakeEffect, signal: AbortSignal): Promise<unknown>;
}

export interface CallMishapOptions {
  readonly source: FaultSource;
  readonly clock: Clock;
  readonly movement: Movement;
  readonly pause: Pause;
}

/** How long a client waits on a connection that is silent: the agent's is a minute and more, other clients' are shorter. */
const SILENCE_MS = [5000, 120_000] as const;
const LATE_MS = [1000, 600_000] as const;
const SHORTEST_OUTAGE_MS = 600_000;

/** Second attempts of these change nothing, and their bodies are open files. */
const READS = /^(Get|Head|List|Describe|Filter)/;

const { "500": internalError, ...otherOutages } = outages;
const OUTAGES = [internalError, ...Object.values(otherOutages)] as const;

export function callMishaps({ source, clock, movement, pause }: CallMishapOptions): CallMishaps {
  return {
    async around(call, takeEffect, signal) {
      const { service, operation, about } = call;
      if (!isFaulty(service)) return takeEffect(signal);
      const occasion = source.number(service, { of: operation, about });
      const named = about === undefined ? operation : `${operation} ${about}`;
      const ask = (mishap: CallMishap) => source.ask(`${service}.${mishap}`, occasion);
      const tell = (mishap: Mishap, how: string) => mishap.happens(`${service} ${named}: ${how}`);

      const refused = refusalOf(source, { ...call, service }, occasion);
      if (refused !== undefined) {
        tell(refused.mishap, refused.how);
        throw errorOf(refused.fault);
      }
      const silent = ask("timed-out");
      if (silent !== undefined) {
        tell(silent, "nobody answers");
        await pause(silent.across(...SILENCE_MS));
        throw new ConnectionError("ETIMEDOUT");
      }
      const straggling = call.repeatable && !READS.test(operation) ? ask("straggling") : undefined;
      if (straggling !== undefined) {
        const lateMs = straggling.across(...LATE_MS);
        tell(straggling, `its client gives it up, and it takes effect ${seconds(lateMs)} later`);
        const ignored = new AbortController().signal;
        clock.at(clock.now() + lateMs, () => void movement.track(named, () => takeEffect(ignored)).catch(() => {}));
        throw new ConnectionError("ECONNRESET");
      }
      const delayed = ask("delayed");
      if (delayed !== undefined) {
        const lateMs = delayed.across(...LATE_MS);
        tell(delayed, `arrives ${seconds(lateMs)} late`);
        await pause(lateMs);
      }
      const repeated = call.repeatable && !READS.test(operation) ? ask("repeated") : undefined;
      if (repeated !== undefined) {
        tell(repeated, "takes effect twice, and the second answer counts");
        await takeEffect(signal).catch(() => {});
      }
      const output = await takeEffect(signal);
      // A poll that brings nothing has nothing to lose: tasks that are handed out count, not polls.
      if (operation === "GetActivityTask" && isEmpty(output)) return output;
      const slow = ask("slow");
      if (slow !== undefined) {
        const lateMs = slow.across(...LATE_MS);
        tell(slow, `answered ${seconds(lateMs)} late`);
        await pause(lateMs);
      }
      const lost = source.ask(`${service}.lost`, operation === "GetActivityTask" ? { of: operation, about } : occasion);
      if (lost !== undefined) {
        tell(lost, "took effect, and its answer is lost");
        throw new ConnectionError("ECONNRESET");
      }
      return output;
    },
  };
}

interface Refusal {
  readonly mishap: Mishap;
  readonly fault: Fault;
  readonly how: string;
}

/** What is answered instead, before anything took effect. */
function refusalOf(
  source: FaultSource,
  { service, conditional }: Pick<MishapCall, "conditional"> & { readonly service: FaultyService },
  occasion: Occasion,
): Refusal | undefined {
  const outage = source.spell(`${service}.down`, { of: service }, SHORTEST_OUTAGE_MS);
  if (outage !== undefined) {
    return { mishap: outage, fault: outage.pick<Fault>(OUTAGES), how: "the service is down, for this call and more" };
  }
  const { throttled, failed } = SERVICE_FAILURES[service];
  const refusals = [
    ["throttled", throttled],
    ["failed", failed],
    ["unavailable", outages["503 without a body"]],
    ["reset", outages["reset connection"]],
  ] as const;
  for (const [kind, fault] of refusals) {
    const mishap = source.ask(`${service}.${kind}`, occasion);
    if (mishap !== undefined) return { mishap, fault, how: "code" in fault ? fault.code : kind };
  }
  const conflict = conditional ? source.ask("s3.conflict", occasion) : undefined;
  return conflict && { mishap: conflict, fault: CONDITIONAL_CONFLICT, how: CONDITIONAL_CONFLICT.code };
}

const isFaulty = (service: string): service is FaultyService =>
  (FAULTY_SERVICES as readonly string[]).includes(service);

const isEmpty = (output: unknown): boolean =>
  typeof output === "object" && output !== null && !("taskToken" in output && output.taskToken !== undefined);

const seconds = (ms: number): string => `${Math.round(ms / 1000)} s`;
