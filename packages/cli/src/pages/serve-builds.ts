import { html, type PagePart } from "@muster/history";
import type { Context } from "../context.ts";
import { type BuildSummary, findBuild, listBuilds } from "../history/find-build.ts";
import type { Stage } from "../stages/stage.ts";
import { buildFeed } from "./build-feed.ts";
import { type PageFeed, pageFeed } from "./page-feed.ts";
import { openPageServer, type PageServer, sendText } from "./page-server.ts";
import { SCRIPT_PATH, sendFailure, sendPage, sendScript } from "./send-page.ts";

const BUILDS = "/builds/";
const EVENTS = "/events";
/** How many are listed. */
const MOST = 50;
const PAUSE_MS = 2000;
/** Of how many builds that nobody looks at what was read is kept. */
const MOST_KEPT = 5;

/** Shows the builds of a stage to browsers of this machine: a list of them, and a page of each. */
export async function serveBuilds(
  stage: Stage,
  { globals, port }: Pick<Context, "globals"> & { port: number },
): Promise<PageServer> {
  const ask = <T>(work: (stage: Stage) => Promise<T>): Promise<T> => work(stage);
  const list = pageFeed(() => lookAtBuilds(stage), { pauseMs: () => PAUSE_MS });
  const feeds = new Map<string, PageFeed>();
  const feedOf = async (name: string): Promise<PageFeed> => {
    const summary = await findBuild(stage, name);
    const feed = feeds.get(summary.name) ?? buildFeed(summary, { ask, globals });
    // The latest is last.
    feeds.delete(summary.name);
    feeds.set(summary.name, feed);
    const idle = [...feeds].filter(([, { listeners }]) => listeners === 0);
    for (const [other] of idle.slice(0, -MOST_KEPT)) feeds.delete(other);
    return feed;
  };

  const server = await openPageServer(
    async (path, outgoing) => {
      if (path === "/") return sendPage(outgoing, list, { events: EVENTS });
      if (path === EVENTS) return list.listen(outgoing);
      if (path === SCRIPT_PATH) return sendScript(outgoing);
      const [name, rest] = buildOf(path);
      if (name === undefined || (rest !== "" && rest !== EVENTS))
        return sendText(outgoing, 404, "there is nothing here: the builds are at /");
      try {
        const feed = await feedOf(name);
        if (rest === EVENTS) return await feed.listen(outgoing);
        await sendPage(outgoing, feed, {
          events: `${hrefOf({ name })}${EVENTS}`,
          up: { href: "/", words: "all builds" },
        });
      } catch (error) {
        sendFailure(outgoing, error);
      }
    },
    { port },
  );
  return {
    url: server.url,
    close() {
      for (const feed of [list, ...feeds.values()]) feed.close();
      return server.close();
    },
  };
}

const hrefOf = ({ name }: Pick<BuildSummary, "name">): string => BUILDS + encodeURIComponent(name);

/** A build's name, and what of the path comes behind it. */
function buildOf(path: string): readonly [string | undefined, string] {
  const [, name, rest = ""] = /^\/builds\/([^/]+)(\/.*)?$/.exec(path) ?? [];
  try {
    return [name && decodeURIComponent(name), rest];
  } catch {
    return [undefined, rest];
  }
}

async function lookAtBuilds(stage: Stage) {
  const builds = await listBuilds(stage, { max: MOST });
  const title = `Builds of ${stage.pipeline.name}`;
  return { title, parts: partsOf(title, builds), at: new Date(), news: "", hasEnded: false };
}

function partsOf(title: string, builds: readonly BuildSummary[]): PagePart[] {
  const items = builds.map(
    (
      build,
    ) => html`<li data-key="${build.name}"><span class="state ${stateOf(build)}">${stateOf(build)}</span> <a href="${hrefOf(build)}">${build.name}</a> <span class="faint">${build.startedAt.toISOString().slice(0, 16).replace("T", " ")} UTC</span></li>
`,
  );
  const list =
    builds.length === 0 ? html`<p>Nothing has been built here yet.</p>` : html`<ol class="builds">${items}</ol>`;
  return [
    { id: "summary", markup: html`<h1>${title}</h1>`.markup },
    { id: "list", markup: list.markup },
  ];
}

/** As a build's own page says it. */
const stateOf = ({ status }: BuildSummary): string => status.toLowerCase();
