import { functionNames, WrittenPolicy } from "@muster/pipeline";
import * as z from "zod";
import { awsRegions, regionProblem } from "./aws-regions.ts";
import { expressionProblem } from "./schedule-expression.ts";

const days = z.number().int().positive();
const zoneName = z.string().regex(/^[a-z]{2}(-[a-z]+)+-\d[a-z]$/, "must be a zone's name, like us-west-2a");
const emails = z.array(z.email()).min(1);
const region = z.string().refine((name) => awsRegions.includes(name), { error: ({ input }) => regionProblem(input) });
/** @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html */
const bucketName = z
  .string()
  .regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, "must be a bucket's name: 3 to 63 lower-case letters, digits, dashes")
  .refine(
    (name) =>
      !/\.\.|^\d+(\.\d+){3}$|^(xn--|sthree-|amzn-s3-demo-)|(-s3alias|--ol-s3|\.mrap|--x-s3|--table-s3)$/.test(name),
    "must be a bucket's name as S3 takes it: no two dots together, no address, none of the beginnings and ends that S3 keeps for itself",
  );

const OwnNetwork = z.strictObject({
  kind: z.literal("own"),
  /** Range of the VPC; each zone gets a sixteenth of it, by its letter. */
  cidr: z
    .string()
    .refine(isRange, "must be an IPv4 range between /16 and /24, by its first address")
    .default("10.80.0.0/20"),
  /** One subnet in each, so name every zone of the region: a launch looks for capacity in those named alone. Plans warn of any that is missing. */
  zones: z.array(zoneName.regex(/[a-o]$/, "must be one of the zones a to o, each of which has its sixteenth")).min(1),
  /** `public-addresses` has no fixed cost; `nat` keeps workers off public addresses behind one gateway. */
  egress: z.enum(["public-addresses", "nat"]).default("public-addresses"),
});

const ExistingNetwork = z.strictObject({
  kind: z.literal("existing"),
  vpcId: z.string().regex(/^vpc-[0-9a-f]{8,}$/, "must be a VPC's id, like vpc-0a1b2c3d4e5f60718"),
  /** At most one a zone. @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/create-ec2-fleet.html */
  subnets: z
    .array(z.strictObject({ id: z.string().regex(/^subnet-[0-9a-f]{8,}$/, "must be a subnet's id"), zone: zoneName }))
    .min(1),
  /** Whether workers need a public address to reach AWS: false behind a NAT gateway or endpoints of yours. */
  publicAddresses: z.boolean(),
});

function isRange(cidr: string): boolean {
  const [, base = "", bits] = /^((?:\d{1,3}\.){3}\d{1,3})\/(1[6-9]|2[0-4])$/.exec(cidr) ?? [];
  const octets = base.split(".").map(Number);
  const address = octets.reduce((whole, octet) => whole * 256 + octet, 0);
  return bits !== undefined && octets.every((octet) => octet <= 255) && address % 2 ** (32 - Number(bits)) === 0;
}

/** Scheduler takes names of IANA's, in their own case; Node takes offsets and any case besides. */
function isTimeZone(name: string): boolean {
  try {
    const { timeZone } = new Intl.DateTimeFormat("en", { timeZone: name }).resolvedOptions();
    const isOtherCase = timeZone !== name && timeZone.toLowerCase() === name.toLowerCase();
    return /^[A-Z]/.test(name) && !isOtherCase;
  } catch {
    return false;
  }
}

/** @see https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html */
const EXPRESSION =
  /^(rate\([1-9]\d* (minute|hour|day)s?\)|cron\(([\w*,/-]+ ){2}(\? [\w*,/-]+ [\w*,/#-]+|[\w*,/-]+ [\w*,/-]+ \?) [\d*,/-]+\))$/;

const Schedule = z.strictObject({
  name: z.string().regex(/^[a-z][a-z0-9-]{0,23}$/, "must be lower-case letters, digits and dashes"),
  /** EventBridge Scheduler's: `cron(30 5 * * ? *)`. */
  expression: z
    .string()
    .regex(EXPRESSION, "must be cron(…) of six fields, one of its two for days a ?, or rate(…), like rate(12 hours)")
    .superRefine((expression, context) => {
      const message = expressionProblem(expression);
      if (message !== undefined) context.addIssue({ code: "custom", message });
    }),
  timeZone: z.string().refine(isTimeZone, "must be a time zone, like Europe/Berlin").default("UTC"),
  /** The build's words, as `muster build` takes them; none: today's nightly. They are in the schedule's description, which has 512 characters. */
  input: z.string().max(480, "must have at most 480 characters").default(""),
});

/** One deployment: where it is, and what of the optional parts it has. */
export const StageSettings = z.strictObject({
  /** A file, from where `stages.ts` lies; or the name of a folder in `pipelines/`, there or above it, which has a `pipeline.ts`. */
  pipeline: z
    .string()
    .regex(
      /^[a-z][a-z0-9-]*$|\.[cm]?[jt]s$/,
      "must be a file, like ./pipeline.ts, or the name of a folder in pipelines/",
    )
    .default("./pipeline.ts"),
  account: z.string().regex(/^\d{12}$/, "must be the 12 digits of an AWS account, as text"),
  region,
  /** Terraform's state in S3, locked by a file beside it; without it, in a file of this folder. */
  state: z
    .strictObject({
      bucket: bucketName,
      /** Where the bucket is, which the bootstrap tells; the stage's own region where absent. */
      region: region.optional(),
      /** `muster/<stage>.tfstate` where absent. */
      key: z.string().endsWith(".tfstate", "must end in .tfstate: plans may read no other object").optional(),
    })
    .optional(),
  network: z.discriminatedUnion("kind", [OwnNetwork, ExistingNetwork]),
  /** `never` ignores the pipeline's wish for spot instances. */
  spot: z.enum(["as-declared", "never"]).default("as-declared"),
  /** Stop launches, never running tasks. */
  limits: z
    .strictObject({
      maxWorkers: z.number().int().positive().optional(),
      maxCostPerHour: z.number().positive().optional(),
    })
    .default({}),
  /** How it weighs time against money; each field is as usual where it is left out. */
  policy: WrittenPolicy.strict().default({}),
  /** Executions kept free for a function, where the account's other functions might use all of them. An account needs a quota of 100 more than all that is kept. */
  reservedConcurrency: z.partialRecord(z.enum(functionNames), z.number().int().positive()).default({}),
  /**
   * Of the functions' machines, which cost a fifth less on `arm64`. Lambda has that in most regions, as a rule not in those that are new: there a deployment fails
   * with `Architecture "arm64" is not supported`.
   * @see https://docs.aws.amazon.com/lambda/latest/dg/foundation-arch.html
   */
  functionArchitecture: z.enum(["arm64", "x86_64"]).default("arm64"),
  retention: z
    .strictObject({
      /** Logs of workers, functions and the state machine. */
      logDays: z
        .union([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731].map((day) => z.literal(day)))
        .default(90),
      /** Objects that are built but not published. */
      scratchDays: days.default(90),
      /** Versions of objects that were replaced or deleted: what running builds and rollbacks may still need. */
      replacedDays: days.default(30),
      /** Records of finished builds. */
      recordDays: days.default(400),
      accessLogDays: days.default(90),
    })
    .prefault({}),
  /** X-Ray, for the state machine and the functions. */
  tracing: z.boolean().default(true),
  /**
   * CloudFront before the downloads; without it they are reached through S3 alone. Only a domain with its own certificate has CloudFront refuse the handshake
   * of TLS 1.0 and 1.1; with CloudFront's certificate such a viewer connects, and is served nothing.
   */
  edge: z
    .strictObject({
      domain: z
        .strictObject({
          name: z.string().regex(/^([a-z0-9-]+\.)+[a-z]{2,}$/, "must be a domain name"),
          /** In us-east-1, as CloudFront demands. */
          certificateArn: z
            .string()
            .regex(/^arn:[\w-]+:acm:us-east-1:\d{12}:certificate\//, "must be the ARN of a certificate in us-east-1"),
          /** Gets the records of the domain; without it they are yours to make. */
          hostedZoneId: z
            .string()
            .regex(/^Z[0-9A-Z]+$/, "must be a hosted zone's id")
            .optional(),
        })
        .optional(),
      /** Which edge locations: `PriceClass_100` is North America and Europe. */
      priceClass: z.enum(["PriceClass_100", "PriceClass_200", "PriceClass_All"]).default("PriceClass_All"),
    })
    .nullable()
    .prefault({}),
  /** Alarms to SNS, confirmed by mail. */
  alarms: z
    .strictObject({
      emails,
      /** A task that waits this long for a worker. */
      waitingMinutes: z.number().int().min(5).default(45),
    })
    .optional(),
  /** A mail when the month's cost passes, or will pass, this many US dollars. */
  budget: z
    .strictObject({
      monthlyUsd: z.number().positive(),
      emails: emails.max(10, "AWS Budgets tells at most ten addresses"),
    })
    .optional(),
  schedules: z.array(Schedule).default([]),
  /** Buckets that exist already, by role, or `own` where the pipeline names one but this stage makes its own. */
  buckets: z.partialRecord(z.enum(["scratch", "downloads"]), z.union([z.literal("own"), bucketName])).default({}),
  /**
   * `own`: made for this stage, with its name before the pipeline's names on every stage but the one that bears the pipeline's own. `existing`: keys and
   * secrets are there already, just as the pipeline names them, and are not managed here.
   */
  secrets: z.enum(["own", "existing"]).default("own"),
  /**
   * A key of yours, in the stage's region, that encrypts workers' volumes and the stage's buckets, in place of AWS's own: its ARN, not an alias. What its own
   * policy must say is the output `encryption_key_statements`. The bucket of access logs keeps S3's keys: S3 delivers to no other.
   */
  encryptionKey: z
    .string()
    .regex(
      /^arn:aws:kms:[a-z0-9-]+:\d{12}:key\/(mrk-[0-9a-f]{32}|[0-9a-f-]{36})$/,
      "must be a key's ARN, like arn:aws:kms:us-west-2:111122223333:key/0a1b…",
    )
    .optional(),
  /** Attached to every role: the policy that bounds what a deployment may hand out. */
  permissionsBoundary: z
    .string()
    .regex(/^arn:[\w-]+:iam::\d{12}:policy\//, "must be a policy's ARN")
    .optional(),
  /**
   * Whom of the pipeline's `notifies` the stage tells that a build has ended: all, none, or those by these names. Where absent all,
   * and on a disposable stage nobody.
   */
  notifies: z.union([z.boolean(), z.array(z.string())]).optional(),
  /** On everything, beside Muster's own. Keys are what instances can read of themselves. */
  tags: z.record(z.string(), z.string()).default({}),
  /** A stage to try things with: `cdktf destroy` empties its buckets, forgets its secrets at once. */
  disposable: z.boolean().default(false),
});
export type StageSettings = z.output<typeof StageSettings>;

/** As written in `stages.ts`: what has a default may be left out. */
export type StageDefinition = z.input<typeof StageSettings>;

export interface Stage extends StageSettings {
  readonly name: string;
}
