import { html } from "./html.ts";
import { ENDED, FOLLOWS } from "./live-script.ts";
import { document, type PagePart } from "./page.ts";

/** What a live page may load: its own server's script and events, and the style that it brings along. */
export const LIVE_POLICY =
  "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

export interface LivePage {
  readonly title: string;
  readonly parts: readonly PagePart[];
  /** Until when it tells. */
  readonly at: Date;
  /** Where its script and its events are, on its own server; absent where nothing changes any more. */
  readonly live?: { readonly script: string; readonly events: string };
  /** Another page of its server, above all. */
  readonly up?: { readonly href: string; readonly words: string };
}

/** A page that follows what it tells of, by `LIVE_SCRIPT`. */
export function livePage({ title, parts, at, live, up }: LivePage): string {
  return document({
    title,
    parts,
    policy: LIVE_POLICY,
    head:
      live &&
      html`<script defer src="${live.script}" data-events="${live.events}" data-as-of="${at.toISOString()}"></script>
`,
    above: html`<p class="above">${up && html`<a href="${up.href}">${up.words}</a> `}<span id="live" class="${live ? "follows" : "ended"}">${live ? FOLLOWS : ENDED}</span></p>
<p id="said" role="status" class="unseen"></p>
`,
  });
}
