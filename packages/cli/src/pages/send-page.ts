import type { ServerResponse } from "node:http";
import { LIVE_POLICY, LIVE_SCRIPT, type LivePage, livePage } from "@muster/history";
import { explainError } from "../explain-error.ts";
import { UsageError } from "../usage-error.ts";
import type { PageFeed } from "./page-feed.ts";
import { sendText } from "./page-server.ts";

export const SCRIPT_PATH = "/live.js";

export function sendScript(outgoing: ServerResponse): void {
  outgoing.writeHead(200, { "content-type": "text/javascript; charset=utf-8" }).end(LIVE_SCRIPT);
}

/** A page as it is now, which goes on by its events. What there is not is 404; a stage that cannot be asked is said. */
export async function sendPage(
  outgoing: ServerResponse,
  feed: PageFeed,
  { events, up }: { events: string } & Pick<LivePage, "up">,
): Promise<void> {
  try {
    const { title, parts, at, hasEnded } = await feed.look();
    const live = hasEnded ? {} : { live: { script: SCRIPT_PATH, events } };
    sendHtml(outgoing, livePage({ title, parts, at, ...live, ...(up !== undefined && { up }) }));
  } catch (error) {
    sendFailure(outgoing, error);
  }
}

export function sendFailure(outgoing: ServerResponse, error: unknown): void {
  const { message, hint } = explainError(error);
  sendText(outgoing, error instanceof UsageError ? 404 : 503, hint === undefined ? message : `${message}: ${hint}`);
}

function sendHtml(outgoing: ServerResponse, text: string): void {
  outgoing.setHeader("content-security-policy", `${LIVE_POLICY}; frame-ancestors 'none'`);
  outgoing.writeHead(200, { "content-type": "text/html; charset=utf-8" }).end(text);
}
