import type { NotificationRecord } from "./notification-record.ts";

/**
 * How a build ended, as those who are told choose by: `recovered` is the first success after builds that failed, and is told as a success
 * too; `stopped` is what a person ended, `timed-out` what took longer than an execution may.
 */
export type BuildEnd = "succeeded" | "recovered" | "failed" | "timed-out" | "stopped";

export const buildEnds: readonly BuildEnd[] = ["succeeded", "recovered", "failed", "timed-out", "stopped"];

/** What everybody who is told has in common. */
interface Told {
  /** In lower-case letters, digits and dashes, its own: `team-chat`. A stage, records and `muster notifications` call it so. */
  readonly name: string;
  /** Which ends it is told; every one where absent. Who is told of successes is told of recoveries too. */
  readonly when?: readonly [BuildEnd, ...BuildEnd[]];
}

/**
 * A program that takes JSON, signed as the Standard Webhooks say.
 * @see https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 */
export interface Webhook extends Told {
  readonly kind: "webhook";
  /** `https:`, an address that the world can reach; nobody is led on to another one. */
  readonly url: string;
  /**
   * The secret of AWS Secrets Manager that signs, by its name in the pipeline: `whsec_` and 24 to 64 bytes in base64. Where it holds
   * several, apart by a space, each signs: so they are changed.
   */
  readonly secret: string;
}

/** A channel of a chat that takes `{ "text": … }` as Slack does: Mattermost, Rocket.Chat and others too. */
export interface Slack extends Told {
  readonly kind: "slack";
  /** The secret of AWS Secrets Manager that holds the URL, by its name in the pipeline: who knows that URL may write there. */
  readonly webhook: string;
}

/** A topic of Amazon SNS, for mails, queues and functions. */
export interface Sns extends Told {
  readonly kind: "sns";
  /** The ARN of a topic that is there already; a stage makes one of its own where absent. */
  readonly topic?: string;
}

/** Who is told that a build has ended. */
export type Notification = Webhook | Slack | Sns;

/** Declares that a program is told, by a POST of signed JSON. */
export const webhook = (definition: Omit<Webhook, "kind">): Webhook => ({ ...definition, kind: "webhook" });

/** Declares that a chat is told, in a few lines. */
export const slack = (definition: Omit<Slack, "kind">): Slack => ({ ...definition, kind: "slack" });

/** Declares that a topic of Amazon SNS is told. */
export const sns = (definition: Omit<Sns, "kind">): Sns => ({ ...definition, kind: "sns" });

/** The secret that it needs, by its name in the pipeline. */
export function secretOf(notification: Notification): string | undefined {
  switch (notification.kind) {
    case "webhook":
      return notification.secret;
    case "slack":
      return notification.webhook;
    case "sns":
      return undefined;
  }
}

/** Whether it wants to know of such an end. */
export function wants({ when }: Notification, end: BuildEnd): boolean {
  return when === undefined || when.includes(end) || (end === "recovered" && when.includes("succeeded"));
}

/** `503 Service Unavailable, asked 3 times`; undefined of one who was told. */
export function whyUntold({
  state,
  problem,
  requests,
}: Pick<NotificationRecord, "state" | "problem" | "requests">): string | undefined {
  if (state === "told") return undefined;
  const times = requests > 1 ? `, asked ${requests} times` : "";
  return `${problem ?? "it is being told"}${times}`;
}

const NAME = /^[a-z][a-z0-9-]{0,39}$/;
/** @see https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_CreateSecret.html */
const SECRET_NAME = /^[A-Za-z0-9/_+=.@-]{1,400}$/;
/** First-in-first-out topics want a group for each message, and mails cannot subscribe to them. */
const TOPIC = /^arn:aws[\w-]*:sns:[a-z0-9-]+:\d{12}:[A-Za-z0-9_-]{1,256}$/;

/** Why they could not be told, whose fields are of the right types. */
export function notificationProblems(notifications: readonly Notification[]): string[] {
  const names = notifications.map(({ name }) => name);
  return [
    ...names
      .filter((name, index) => names.indexOf(name) !== index)
      .map((name) => `the notification ${name} is there twice: its name must be its own`),
    ...notifications.flatMap((each) =>
      ownProblems(each).map((problem) => `the notification "${each.name}": ${problem}`),
    ),
  ];
}

function ownProblems(notification: Notification): string[] {
  const { name } = notification;
  const secret = secretOf(notification);
  return [
    ...(NAME.test(name)
      ? []
      : ["a name is lower-case letters, digits and dashes, 40 at most, and starts with a letter"]),
    ...(secret === undefined || isSecretName(secret)
      ? []
      : [
          `${JSON.stringify(secret)} is no name of a secret: letters, digits and /_+=.@- (its value has no place here)`,
        ]),
    ...(notification.kind === "webhook" ? urlProblems(notification.url) : []),
    ...(notification.kind === "sns" && notification.topic !== undefined && !TOPIC.test(notification.topic)
      ? [`${JSON.stringify(notification.topic)} is no ARN of a standard topic: arn:aws:sns:<region>:<account>:<name>`]
      : []),
  ];
}

const isSecretName = (name: string): boolean =>
  SECRET_NAME.test(name) && !name.startsWith("whsec_") && name.split("/").every((part) => !/^\.{0,2}$/.test(part));

/** On one machine a program of that machine may listen without a certificate. */
function urlProblems(text: string): string[] {
  const url = URL.parse(text);
  if (url === null) return [`${JSON.stringify(text)} is no URL`];
  if (url.username !== "" || url.password !== "")
    return ["its url has a password, which has no place here: its secret signs"];
  if (url.protocol === "https:" || (url.protocol === "http:" && isLoopback(url.hostname))) return [];
  return [`its url must begin with https:, not ${url.protocol}`];
}

/** Whether a URL's host is this machine. */
export const isLoopback = (hostname: string): boolean => /^(localhost|127(\.\d+){3}|\[::1\])$/.test(hostname);
