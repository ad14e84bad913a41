import { once } from "node:events";
import type { ExitCode } from "../command.ts";
import type { Context } from "../context.ts";
import { findBuild } from "../history/find-build.ts";
import { parsePort } from "../parse-port.ts";
import { UsageError } from "../usage-error.ts";
import { stageAsker } from "./ask-stage.ts";
import { buildFeed } from "./build-feed.ts";
import { openPageServer, sendText } from "./page-server.ts";
import { SCRIPT_PATH, sendPage, sendScript } from "./send-page.ts";

/** What `muster status --serve --json` prints once it answers. */
export interface ServedBuildJson {
  /** The build's name. */
  readonly name: string;
  /** Where its page is, on loopback. */
  readonly url: string;
}

export interface ServeArguments {
  readonly build: string | undefined;
  readonly port: string | undefined;
  readonly follow: boolean;
  readonly list: boolean;
}

const EVENTS_PATH = "/events";

/** Shows a build to browsers of this machine until the command is interrupted. */
export async function serveBuild(
  { build, port = "0", follow, list }: ServeArguments,
  { openStage, print, globals, signal }: Context,
): Promise<ExitCode> {
  if (follow || list) {
    throw new UsageError(
      `--serve shows one build, and follows it: --${follow ? "follow" : "list"} says something else`,
      {
        hint: "leave one of them out",
      },
    );
  }
  const wanted = parsePort(port);
  const ask = stageAsker(() => openStage({ to: "read" }));
  const summary = await ask((stage) => findBuild(stage, build));
  const feed = buildFeed(summary, { ask, globals });
  const server = await openPageServer(
    async (path, outgoing) => {
      if (path === "/") return sendPage(outgoing, feed, { events: EVENTS_PATH });
      if (path === EVENTS_PATH) return feed.listen(outgoing);
      if (path === SCRIPT_PATH) return sendScript(outgoing);
      sendText(outgoing, 404, "there is nothing here: the build is at /");
    },
    { port: wanted },
  );
  const { url } = server;
  if (globals.json) print.json({ name: summary.name, url } satisfies ServedBuildJson);
  else print.sentence(`${summary.name} is shown at ${url} until Ctrl-C`);
  if (!signal.aborted) await once(signal, "abort");
  feed.close();
  await server.close();
  return 0;
}
