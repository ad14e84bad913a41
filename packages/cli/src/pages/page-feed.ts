import type { ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import type { PagePart } from "@muster/history";
import { explainError } from "../explain-error.ts";

/** What a page tells at a moment. */
export interface Look {
  readonly title: string;
  readonly parts: readonly PagePart[];
  readonly at: Date;
  /** What is to be known of it before all else, such as that nobody moves the build. */
  readonly note?: string | undefined;
  /** For those who listen to the page; empty where nothing is worth a word. */
  readonly news: string;
  /** Nothing changes any more. */
  readonly hasEnded: boolean;
}

/** One page, looked at once for however many browsers show it, and only while one does. */
export interface PageFeed {
  /** The latest look; a new one where that is old. */
  look(): Promise<Look>;
  /** Tells a browser what changes, until that leaves or nothing changes any more. */
  listen(browser: ServerResponse): Promise<void>;
  /** How many browsers listen. */
  readonly listeners: number;
  /** Tells all who listen that the command has ended. */
  close(): void;
}

/** @param pauseMs between two looks */
export function pageFeed(
  lookNow: (signal: AbortSignal) => Promise<Look>,
  { pauseMs }: { pauseMs: () => number },
): PageFeed {
  const listening = new Set<ServerResponse>();
  const closing = new AbortController();
  let latest: { readonly look: Look; readonly readMs: number } | undefined;
  let looking: Promise<Look> | undefined;
  let isFollowing = false;

  const renewed = (): Promise<Look> => {
    looking ??= lookNow(closing.signal)
      .then((look) => {
        latest = { look, readMs: performance.now() };
        return look;
      })
      .finally(() => {
        looking = undefined;
      });
    return looking;
  };
  const look = async (): Promise<Look> =>
    latest !== undefined && (isFollowing || performance.now() - latest.readMs < pauseMs()) ? latest.look : renewed();
  const tell = (event: FeedEvent, value: unknown = "") => {
    for (const browser of listening) send(browser, event, value);
  };

  const follow = async () => {
    isFollowing = true;
    let before = latest?.look;
    while (listening.size > 0 && !closing.signal.aborted) {
      await sleep(pauseMs(), undefined, { signal: closing.signal }).catch(() => undefined);
      if (listening.size === 0 || closing.signal.aborted) break;
      try {
        const now = await renewed();
        tell("parts", changesOf(before, now));
        before = now;
        if (now.hasEnded) endAll();
      } catch (error) {
        if (!closing.signal.aborted) tell("trouble", `${explainError(error).message}.`);
        // Whatever is told next begins with what was missed.
        before = undefined;
      }
    }
    isFollowing = false;
  };
  const endAll = () => {
    tell("end");
    for (const browser of listening) browser.end();
    listening.clear();
  };

  return {
    look,
    async listen(browser) {
      browser.writeHead(200, { "content-type": "text/event-stream; charset=utf-8" });
      browser.write(`retry: ${RETRY_MS}\n\n`);
      // From here on, for what ends while it waits for its first look is told to it too.
      listening.add(browser);
      browser.once("close", () => listening.delete(browser));
      const first = await look().catch((error: unknown) => explainError(error));
      if (!listening.has(browser) || browser.closed) return;
      if ("parts" in first) send(browser, "parts", changesOf(undefined, { ...first, news: "" }));
      else send(browser, "trouble", `${first.message}.`);
      if ("parts" in first && first.hasEnded) {
        listening.delete(browser);
        send(browser, "end", "");
        browser.end();
      } else if (!isFollowing) void follow();
    },
    get listeners() {
      return listening.size;
    },
    close() {
      tell("gone");
      closing.abort();
      for (const browser of listening) browser.end();
      listening.clear();
    },
  };
}

/** A browser that has lost its connection asks again after that. */
const RETRY_MS = 3000;

type FeedEvent = "parts" | "trouble" | "end" | "gone";

/** @see https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation */
function send(browser: ServerResponse, event: FeedEvent, value: unknown): void {
  browser.write(`event: ${event}\ndata: ${JSON.stringify(value)}\n\n`);
}

/** What a page that shows one look needs to show the next. */
function changesOf(before: Look | undefined, { title, parts, news, note, at }: Look) {
  const shown = new Map(before?.parts.map(({ id, markup }) => [id, markup]));
  return { title, parts: parts.filter(({ id, markup }) => shown.get(id) !== markup), news, note, at: at.toISOString() };
}
