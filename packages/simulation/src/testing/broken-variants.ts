import type { FaultRates } from "@muster/local";
import type { Sabotage } from "../world/world.ts";

type Handler = Parameters<NonNullable<Sabotage["machines"]>>[0];
type Request = Parameters<Handler["handle"]>[0];

/** A Muster that lacks one thing that it does, and the weather in which that shows. */
export interface BrokenVariant {
  readonly sabotage: Sabotage;
  readonly rates: FaultRates;
  /** Words of an invariant's name that must be broken. */
  readonly caughtBy: string;
}

const isFor = ({ headers }: Request, operation: string): boolean =>
  Object.entries(headers).some(
    ([name, value]) => name.toLowerCase() === "x-amz-target" && value.endsWith(`.${operation}`),
  );

const answer = (text: string, statusCode = 200, headers: Record<string, string> = {}) =>
  ({
    response: {
      statusCode,
      headers: { "content-type": "application/x-amz-json-1.0", ...headers },
      body: Buffer.from(text),
    },
  }) as unknown as Awaited<ReturnType<Handler["handle"]>>;

/** Requests are handed on as `change` leaves them. */
const changing =
  (change: (request: Request) => void) =>
  (inner: Handler): Handler => ({
    ...inner,
    handle(request, options) {
      change(request);
      return inner.handle(request, options);
    },
  });

const answering =
  (handle: (request: Request, go: () => ReturnType<Handler["handle"]>) => ReturnType<Handler["handle"]>) =>
  (inner: Handler): Handler => ({
    ...inner,
    handle: (request, options) => handle(request, () => inner.handle(request, options)),
  });

/** A launch without what `pattern` matches. */
const form = (request: Request, pattern: RegExp): void => {
  if (typeof request.body !== "string" || !request.body.includes("Action=CreateFleet")) return;
  request.body = request.body.replace(pattern, "");
  request.headers["content-length"] = String(Buffer.byteLength(request.body));
};

const TOO_LATE = answer(JSON.stringify({ __type: "TaskTimedOut", message: "" }), 400, {
  "x-amzn-errortype": "TaskTimedOut",
});

export const brokenVariants: Readonly<Record<string, BrokenVariant>> = {
  "no heartbeats": {
    sabotage: {
      machines: answering(async (request, go) => (isFor(request, "SendTaskHeartbeat") ? answer("{}") : go())),
    },
    rates: {},
    caughtBy: "a heartbeat is lost with its machine",
  },
  "launches without a client token": {
    sabotage: { functions: changing((request) => form(request, /&ClientToken=[^&]*/)) },
    rates: { "ec2.lost": { CreateFleet: 0.5 } },
    caughtBy: "a launch token",
  },
  "reports that are not repeated": {
    sabotage: {
      machines: answering(async (request, go) => {
        if (!isFor(request, "SendTaskSuccess")) return go();
        const given = await go().catch(() => TOO_LATE);
        return given.response.statusCode < 400 ? given : TOO_LATE;
      }),
    },
    rates: { "states.failed": { SendTaskSuccess: 0.4 } },
    caughtBy: "nobody knew|is known minutes later",
  },
  "a lease that nobody finds": {
    sabotage: {
      machines: answering(async (request, go) => {
        if (!request.path.includes("leases/exclusive/")) return go();
        if (request.method === "GET")
          return answer("<Error><Code>NoSuchKey</Code></Error>", 404, { "content-type": "text/xml" });
        for (const name of Object.keys(request.headers)) if (/^if-/i.test(name)) delete request.headers[name];
        return go();
      }),
    },
    rates: {},
    caughtBy: "a larger number than those before",
  },
};
