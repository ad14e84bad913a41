import { createHmac } from "node:crypto";
import { InvalidConfigurationError } from "@muster/pipeline";

const PREFIX = "whsec_";
/** Bytes. @see https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md#signature-scheme */
const SHORTEST_KEY = 24;
const LONGEST_KEY = 64;

/** What is signed: whoever checks it needs all three, and refuses a time that is long ago. */
export interface SignedMessage {
  readonly id: string;
  /** When it is sent. */
  readonly at: Date;
  readonly body: string;
}

/**
 * The headers of a Standard Webhook.
 * @param secret one, or several apart by white space: each signs, so that one can be changed for another
 * @throws InvalidConfigurationError, without the secret's text
 * @see https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 */
export function signatureHeaders({ id, at, body }: SignedMessage, secret: string): Record<string, string> {
  const timestamp = String(Math.floor(at.getTime() / 1000));
  const signatures = keysOf(secret).map((key) => {
    const digest = createHmac("sha256", key).update(`${id}.${timestamp}.${body}`).digest("base64");
    return `v1,${digest}`;
  });
  return {
    "webhook-id": id,
    "webhook-timestamp": timestamp,
    "webhook-signature": signatures.join(" "),
  };
}

function keysOf(secret: string): Buffer[] {
  const keys = secret.split(/\s+/).filter((text) => text !== "");
  if (keys.length === 0) throw unfit("holds nothing");
  return keys.map((text) => {
    if (!text.startsWith(PREFIX)) throw unfit(`does not begin with ${PREFIX}`);
    const encoded = text.slice(PREFIX.length);
    const key = Buffer.from(encoded, "base64");
    const isBase64 = /^[A-Za-z0-9+/]+={0,2}$/.test(encoded);
    if (!isBase64 || key.length < SHORTEST_KEY || key.length > LONGEST_KEY) {
      throw unfit(`is not ${PREFIX} with ${SHORTEST_KEY} to ${LONGEST_KEY} bytes in base64`);
    }
    return key;
  });
}

const unfit = (problem: string) =>
  new InvalidConfigurationError(`its secret ${problem}`, {
    hint: 'make one with: echo "whsec_$(openssl rand -base64 32)"',
  });
