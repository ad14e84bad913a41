import { GetSecretValueCommand, type SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { PublishCommand, type SNSClient } from "@aws-sdk/client-sns";
import { isLoopback, type Notification, type StageDescription, unreachable } from "@muster/pipeline";
import { chance, failureText } from "@muster/records";
import { chatText, mailText } from "./chat-text.ts";
import type { BuildEndMessage } from "./message.ts";
import { NoAnswerError, PrivateAddressError, post } from "./post.ts";
import { signatureHeaders } from "./sign.ts";

/** Where it stands with one who is told. */
export interface Delivery {
  /** `later`: worth another round, in a minute; `never`: whoever is asked would say the same again. */
  readonly came: "told" | "later" | "never";
  readonly requests: number;
  /** Why it was not told; no secret, no address. */
  readonly problem?: string;
}

export interface DeliveryContext {
  readonly clients: { readonly secretsManager: SecretsManagerClient; readonly sns: SNSClient };
  /** What the stage says of this one. */
  readonly place: NonNullable<StageDescription["notifies"]>[string];
  /** Whether it may go to addresses that are not the Internet's. */
  readonly anywhere: boolean;
  now(): Date;
  /** Before another try, in milliseconds: as many tries more. */
  readonly pausesMs?: readonly number[];
}

/** What is told, under an id that is the same whenever it is told. */
export interface Told {
  readonly messageId: string;
  readonly message: BuildEndMessage;
}

/** Three tries of at most ten seconds in what a function has, with what it does besides. */
const PAUSES_MS = [1000, 4000];
const TIMEOUT_MS = 10_000;
/** Who wants more time than this is asked in another round. */
const LONGEST_PAUSE_MS = 10_000;

/** One round: a few tries, as long as another one may help. */
export async function deliver(notification: Notification, told: Told, context: DeliveryContext): Promise<Delivery> {
  const { pausesMs = PAUSES_MS } = context;
  for (let requests = 1; ; requests++) {
    const tried = await tryOnce(notification, told, context);
    if (tried.came === "told") return { came: "told", requests };
    const pauseMs = Math.max(pausesMs[requests - 1] ?? 0, (tried.afterSeconds ?? 0) * 1000);
    const isLast = pausesMs[requests - 1] === undefined || pauseMs > LONGEST_PAUSE_MS;
    if (tried.came !== "again" || isLast) {
      return { came: tried.came === "never" ? "never" : "later", requests, problem: tried.problem };
    }
    await chance().pause(pauseMs);
  }
}

type Tried =
  | { readonly came: "told" }
  | { readonly came: "again" | "later" | "never"; readonly problem: string; readonly afterSeconds?: number };

async function tryOnce(notification: Notification, told: Told, context: DeliveryContext): Promise<Tried> {
  switch (notification.kind) {
    case "webhook":
      return tellWebhook(notification.url, told, context);
    case "slack":
      return tellChat(told, context);
    case "sns":
      return tellTopic(told, context);
    default:
      return unreachable(notification);
  }
}

async function tellWebhook(url: string, { messageId, message }: Told, context: DeliveryContext): Promise<Tried> {
  const secret = await readSecret(context);
  if ("problem" in secret) return secret;
  const body = JSON.stringify(message);
  try {
    const headers = signatureHeaders({ id: messageId, at: context.now(), body }, secret.value);
    return await postJson(url, { body, headers, anywhere: context.anywhere });
  } catch (error) {
    return { came: "later", problem: failureText(error) };
  }
}

async function tellChat({ message }: Told, context: DeliveryContext): Promise<Tried> {
  const secret = await readSecret(context);
  if ("problem" in secret) return secret;
  const body = JSON.stringify({ text: chatText(message) });
  return postJson(secret.value.trim(), { body, headers: {}, anywhere: context.anywhere });
}

async function readSecret({
  clients,
  place,
}: DeliveryContext): Promise<{ value: string } | (Tried & { came: "later" })> {
  if (place.secret === undefined) return { came: "later", problem: "the stage's description names no secret for it" };
  try {
    const { SecretString } = await clients.secretsManager.send(new GetSecretValueCommand({ SecretId: place.secret }));
    if (SecretString !== undefined && SecretString.trim() !== "") return { value: SecretString };
    return { came: "later", problem: `its secret ${place.secret} holds no text` };
  } catch (error) {
    return { came: "later", problem: `its secret ${place.secret} cannot be read: ${failureText(error)}` };
  }
}

interface JsonToPost {
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly anywhere: boolean;
}

async function postJson(address: string, { body, headers, anywhere }: JsonToPost): Promise<Tried> {
  const url = URL.parse(address);
  const isFit = url?.protocol === "https:" || (anywhere && url?.protocol === "http:" && isLoopback(url.hostname));
  if (url === null || !isFit) return { came: "later", problem: "its address is no https: URL" };
  try {
    const { status, retryAfterSeconds } = await post({
      url,
      headers: { "content-type": "application/json", "user-agent": "Muster", ...headers },
      body,
      timeoutMs: TIMEOUT_MS,
      anywhere,
    });
    return judge(status, retryAfterSeconds);
  } catch (error) {
    return { came: error instanceof PrivateAddressError ? "never" : "again", problem: problemOf(error) };
  }
}

/** Of what begins with 4, these alone pass. @see https://www.rfc-editor.org/rfc/rfc9110#name-client-error-4xx */
const PASSING = new Set([408, 425, 429]);

function judge(status: number, afterSeconds: number | undefined): Tried {
  if (status >= 200 && status < 300) return { came: "told" };
  if (status >= 300 && status < 400) {
    return { came: "never", problem: `answers ${status}: leads elsewhere, where nobody follows` };
  }
  const problem = `answers ${status}`;
  if (status < 500 && !PASSING.has(status)) return { came: "never", problem };
  return { came: "again", problem, ...(afterSeconds !== undefined && { afterSeconds }) };
}

/** Without the host: of a chat it is part of what is secret. */
function problemOf(error: unknown): string {
  if (error instanceof PrivateAddressError) return "its address is none of the Internet's";
  if (error instanceof NoAnswerError) return `does not answer within ${TIMEOUT_MS / 1000} seconds`;
  const { code, name } = error as NodeJS.ErrnoException;
  return `cannot be reached: ${code ?? name}`;
}

/** Characters of a mail's subject. @see https://docs.aws.amazon.com/sns/latest/api/API_Publish.html */
const LONGEST_SUBJECT = 99;

/** Mails get text, everybody else the message as JSON. The client tries again by itself. */
async function tellTopic({ messageId, message }: Told, { clients, place }: DeliveryContext): Promise<Tried> {
  if (place.topic === undefined) return { came: "never", problem: "there is no Amazon SNS here" };
  const { type, data } = message;
  const attribute = (StringValue: string) => ({ DataType: "String", StringValue });
  try {
    await clients.sns.send(
      new PublishCommand({
        TopicArn: place.topic,
        Subject: subjectOf(data.title),
        MessageStructure: "json",
        Message: JSON.stringify({ default: JSON.stringify(message), email: mailText(message) }),
        MessageAttributes: { type: attribute(type), messageId: attribute(messageId), stage: attribute(data.stage) },
      }),
    );
    return { came: "told" };
  } catch (error) {
    return { came: "later", problem: failureText(error) };
  }
}

/** ASCII, in one line, as SNS wants it. */
function subjectOf(title: string): string {
  const ascii = title.replaceAll("…", "...").replaceAll(/[^ -~]/g, "?");
  return ascii.length <= LONGEST_SUBJECT ? ascii : `${ascii.slice(0, LONGEST_SUBJECT - 3)}...`;
}
