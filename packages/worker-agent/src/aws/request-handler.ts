import { NodeHttpHandler } from "@smithy/node-http-handler";

/** A long poll is held for 60 s. @see https://docs.aws.amazon.com/step-functions/latest/apireference/API_GetActivityTask.html */
export const LONG_POLL_SOCKET_MS = 70_000;

const CONNECT_MS = 5000;

/**
 * For clients of AWS that give up connections which do not come about, or say nothing for so long. The handler's requestTimeout only warns, on the
 * console; and a time for whole requests would cut off large transfers.
 */
export function createRequestHandler(silentMs = LONG_POLL_SOCKET_MS): NodeHttpHandler {
  return new NodeHttpHandler({ connectionTimeout: CONNECT_MS, socketTimeout: silentMs });
}
