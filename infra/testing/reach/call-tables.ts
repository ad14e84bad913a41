import type { Context } from "./conditions.ts";

/** One call: its action, on what, and what it carries beyond what every call does. */
export type Call = readonly [action: string, resource: string, context?: Context];

/** Calls of some callers, all for one reason. */
export interface CallGroup {
  readonly why: string;
  readonly who: readonly string[];
  readonly calls: readonly Call[];
}

export const group = (why: string, who: readonly string[], ...calls: readonly Call[]): CallGroup => ({
  why,
  who,
  calls,
});

export const ACCOUNT = "111122223333";
export const SELF = "i-0123456789abcdef0";
export const OTHER = "i-0fedcba9876543210";

export const arn = (service: string, rest: string): string => `arn:aws:${service}:us-west-2:${ACCOUNT}:${rest}`;
export const object = (bucket: string, key: string): string => `arn:aws:s3:::hhvm-${bucket}-${ACCOUNT}/${key}`;
export const bucketOf = (bucket: string): string => `arn:aws:s3:::hhvm-${bucket}-${ACCOUNT}`;
export const roleArn = (rest: string): string => `arn:aws:iam::${ACCOUNT}:role/${rest}`;
export const queue = (name: string): string => arn("states", `activity:hhvm-${name}`);
export const lambda = (name: string): string => arn("lambda", `function:hhvm-${name}`);
export const instance = (id: string): string => arn("ec2", `instance/${id}`);
export const stream = (group: string, name = `w_${SELF}`): string =>
  arn("logs", `log-group:${group}:log-stream:${name}`);

/** A machine of the stage, as EC2 tells policies of it. */
export const machine = (id: string): Context => ({
  "ec2:InstanceID": id,
  "aws:ResourceTag/muster:stage": "hhvm",
  "aws:ResourceTag/muster:pipeline": "hhvm",
  "aws:ResourceTag/Name": "wa-1-MakeBinaryPackage",
});
export const ofStage: Context = { "aws:ResourceTag/muster:stage": "hhvm", "aws:ResourceTag/muster:pipeline": "hhvm" };

/** A whole object, and one where none is. */
export const whole: Context = { "s3:ObjectCreationOperation": "true" };
export const wholeIfNew: Context = { ...whole, "s3:if-none-match": "*" };
/** A part of a large object. */
export const part: Context = { "s3:ObjectCreationOperation": "false" };

/** What signs, and how AWS tells policies of it. */
export const KEY = arn("kms", "key/0a1b2c3d-0000-4000-8000-000000000000");
export const signingKey: Context = { "kms:ResourceAliases": ["alias/hhvm-signing-key"] };

/** What a build's health check waits by. */
export const token = object("state", "executions/4.28.2_alice/health-check-token.json");
export const done = object("state", "executions/4.28.2_alice/done.json");

/** Functions that launch workers. */
export const LAUNCHERS = ["PrepareActivity", "HealthCheck", "Repair"];
export const MAKERS = ["MakeSourceTarball", "MakeBinaryPackage"];
export const PUBLISHERS = ["PublishBinaryPackages", "PublishSourceTarball", "PublishDockerImages"];
/** Of machines, on each of which a script of a build is root. */
export const WORKERS = [...MAKERS, ...PUBLISHERS];
