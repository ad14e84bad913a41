/** How one call of a service may go wrong; `docs` of each in CALL_MISHAPS. */
export type CallMishap = keyof typeof CALL_MISHAPS;

/** As signatures name them. */
export const FAULTY_SERVICES = [
  "cloudfront",
  "ec2",
  "events",
  "lambda",
  "logs",
  "monitoring",
  "s3",
  "servicequotas",
  "ssm",
  "states",
  "sts",
] as const;
export type FaultyService = (typeof FAULTY_SERVICES)[number];

/**
 * What may happen to a call of any service. SDK clients try again, three attempts by default, after what is transient, throttled or 5xx.
 * @see https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html
 */
const CALL_MISHAPS = {
  throttled: "refused by the service's own name for too many calls",
  failed: "answered 500 by the service's own name, before it took effect",
  unavailable: "answered 503 without a body, by what stands before the service",
  reset: "the connection breaks before the call arrived",
  "timed-out": "nobody answers; after a while the client's connection times out, and nothing took effect",
  delayed: "takes effect, and is answered, late",
  slow: "takes effect at once and is answered late",
  straggling: "the connection breaks, and the call takes effect long after: behind what the client did next",
  repeated: "takes effect, its answer is lost, and the sender's second attempt is what is answered",
  lost: "takes effect, and the connection breaks before the answer",
  down: "for minutes up to an hour every call meets an outage",
} as const;

/** What goes wrong besides single calls. */
const OTHER_KINDS = {
  /** @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html */
  "s3.conflict": "a conditional write meets another one: 409 ConditionalRequestConflict, to be tried again",

  /** @see https://docs.aws.amazon.com/lambda/latest/dg/lambda-concurrency.html */
  "function.throttled": "Lambda refuses to run the function: TooManyRequestsException",
  /** @see https://docs.aws.amazon.com/step-functions/latest/dg/bp-lambda-serviceexception.html */
  "function.failed": "Lambda fails before it runs the function: ServiceException",
  "function.timed-out": "stands still after any of its calls until its time is over: Sandbox.Timedout",
  "function.killed": "its sandbox dies after any of its calls: Runtime.ExitError",
  /** @see https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html */
  "function.twice": "an asynchronous invocation is delivered twice: Lambda's queue is eventually consistent",
  "function.down": "every run of the function crashes as it starts, for half an hour up to an hour",

  /** @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-service-event-delivery-level.html */
  "event.lost": "an event that services send by best effort does not come",
  "event.twice": "delivered at least once: twice",
  "event.late": "delivered up to half an hour late, and so out of order",

  "machine.never-boots": "gets as far as `running` and does nothing",
  "machine.boots-late": "takes up to twenty minutes longer to boot",
  "machine.dies": "its hardware fails: it stands still in the middle of whatever it does, and EC2 finds it terminated",
  "machine.hangs": "it stands still, and EC2 goes on to call it running",
  /** @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/spot-instance-termination-notices.html */
  "machine.reclaimed": "a spot instance is taken back two minutes after the notice",
  "machine.reclaimed-without-notice":
    "a spot instance is taken back before the notice was there, which EC2 does not rule out",
  "machine.cut": "its network is down for a while: calls do not arrive",
  "machine.cut-answers": "its network takes calls out and lets no answers in, for a while",
  "machine.skewed": "its clock is wrong, by seconds up to minutes",
  /** @see https://docs.aws.amazon.com/ec2/latest/devguide/eventual-consistency.html */
  "machine.unseen": "the describing calls do not know it for some time after its launch",
  "machine.seen-running": "the describing calls call it running for some time after its end",

  "pool.exhausted": "no capacity for this type in this zone, this time: InsufficientInstanceCapacity",
  "pool.partial": "fewer instances than were asked for",

  deployment: "the stage is deployed anew in the middle of whatever happens: `onDeployment` says how",
} as const;

export type FaultKind = `${FaultyService}.${CallMishap}` | keyof typeof OTHER_KINDS;

/** Every kind of fault, and what it does. */
export const faultKinds: ReadonlyMap<FaultKind, string> = new Map([
  ...FAULTY_SERVICES.flatMap((service) =>
    Object.entries(CALL_MISHAPS).map(([mishap, text]) => [`${service}.${mishap}` as FaultKind, text] as const),
  ),
  ...(Object.entries(OTHER_KINDS) as [FaultKind, string][]),
]);
