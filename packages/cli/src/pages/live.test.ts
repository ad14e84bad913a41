import { existsSync } from "node:fs";
import { get } from "node:http";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Context } from "../context.ts";
import { createPrint } from "../print.ts";
import { playedStage, TASK } from "../testing/played-build.ts";
import { pageFeed } from "./page-feed.ts";
import { openPageServer } from "./page-server.ts";
import { type ServeArguments, serveBuild } from "./serve-build.ts";
import { serveBuilds } from "./serve-builds.ts";

const CHROMIUM = "/usr/bin/chromium";
/** Chromium fetches nothing by itself, and needs no more shared memory than a container has. */
const ALONE = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--disable-quic", "--disable-sync"];
const BUILD = "1.2.3_alice";
/** On a busy machine. */
const SOON = { timeout: 60_000 };
const HOSTILE = `<img src=x onerror=alert(1)>`;

const everything: ServeArguments = { build: undefined, port: "0", follow: false, list: false };

/** `muster status --serve` for a build with one task, which the test plays. */
async function served(options: Partial<ServeArguments> = {}) {
  const tests = await playedStage();
  await tests.startBuild(BUILD);
  const interrupt = new AbortController();
  const printed = Promise.withResolvers<string>();
  const write = (text: string) => printed.resolve(text);
  const print = createPrint({ stdout: { write } as never, stderr: { write } as never }, { noColor: true });
  const context = { openStage: async () => tests.stage, print, globals: { json: true }, signal: interrupt.signal };
  const ended = serveBuild({ ...everything, ...options }, context as unknown as Context);
  const { url, name } = JSON.parse(await Promise.race([printed.promise, ended.then(() => "{}")]));
  return {
    ...tests,
    url: url as string,
    name: name as string,
    async end() {
      interrupt.abort();
      return ended;
    },
    async [Symbol.asyncDispose]() {
      interrupt.abort();
      await ended;
      await tests[Symbol.asyncDispose]();
    },
  };
}

/** Status and text of an answer, as whoever forges headers gets it. */
function ask(url: string, options: { headers?: Record<string, string>; method?: string } = {}) {
  return new Promise<{ status: number | undefined; text: string; policy: unknown }>((resolve, reject) => {
    get(url, options, (answer) => {
      const chunks: string[] = [];
      answer.setEncoding("utf8").on("data", (chunk: string) => chunks.push(chunk));
      answer.on("end", () =>
        resolve({
          status: answer.statusCode,
          text: chunks.join(""),
          policy: answer.headers["content-security-policy"],
        }),
      );
    }).on("error", reject);
  });
}

test("a page is shown to whoever asks for a loopback name, and to no other site's page", async () => {
  await using page = await served();
  const { host, port } = new URL(page.url);
  const shown = await ask(page.url);
  expect(shown).toMatchObject({ status: 200, text: expect.stringContaining(BUILD) });
  expect(shown.policy).toMatch(/^default-src 'none'; script-src 'self'; .*frame-ancestors 'none'$/);
  const asking = async (headers: Record<string, string>) => (await ask(page.url, { headers })).status;
  expect(await asking({ host: `localhost:${port}` })).toBe(200);
  expect(await asking({ host: `rebound.example:${port}` })).toBe(403);
  expect(await asking({ host: "127.0.0.1" })).toBe(403);
  expect(await asking({ host, origin: "http://other.example" })).toBe(403);
  expect(await asking({ host, origin: `http://${host}` })).toBe(200);
  expect(await asking({ host, "sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors" })).toBe(403);
  const link = { "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "document" };
  expect(await asking({ host, ...link })).toBe(200);
  expect(await asking({ host, ...link, "sec-fetch-dest": "iframe" })).toBe(403);
  expect((await ask(page.url, { method: "POST" })).status).toBe(405);
  expect((await ask(`${page.url}nothing`)).status).toBe(404);
});

test("however many browsers follow a build, its history is read once for all of them, and not at all for none", async () => {
  await using page = await served();
  await page.take("i-1", BUILD);
  const streams = await Promise.all([1, 2, 3].map(() => fetch(`${page.url}events`)));
  const readers = streams.map((stream) => stream.body?.getReader());
  page.called();
  const looks = 4;
  for (const reader of readers) {
    const decoder = new TextDecoder();
    for (let text = ""; text.split("event: parts").length <= looks; )
      text += decoder.decode((await reader?.read())?.value);
  }
  // One on its way at the beginning, and one at the end.
  const reads = page.called().filter((operation) => operation === "GetExecutionHistory").length;
  expect(reads).toBeLessThanOrEqual(looks + 2);
  for (const reader of readers) await reader?.cancel();
  await expect.poll(() => page.called().length, { ...SOON, interval: 1500 }).toBe(0);
});

test("a browser that still waits for its first look is told when the command ends", async () => {
  const isAsked = Promise.withResolvers<void>();
  const feed = pageFeed(
    (signal) => {
      isAsked.resolve();
      return new Promise((_, reject) => signal.addEventListener("abort", () => reject(new Error("interrupted"))));
    },
    { pauseMs: () => 10 },
  );
  const server = await openPageServer((_, outgoing) => feed.listen(outgoing), { port: 0 });
  const told = ask(server.url);
  await isAsked.promise;
  feed.close();
  await server.close();
  expect((await told).text.match(/(?<=event: ).*/g)).toEqual(["gone"]);
});

test("what cannot be served is refused in one line", async () => {
  const stage = await playedStage();
  await stage.startBuild(BUILD);
  const serving = (options: Partial<ServeArguments>) =>
    serveBuild({ ...everything, ...options }, {
      openStage: async () => stage.stage,
      globals: {},
      signal: AbortSignal.abort(),
    } as unknown as Context);
  await expect(serving({ follow: true })).rejects.toThrow("--serve shows one build, and follows it");
  await expect(serving({ list: true })).rejects.toThrow("--list says something else");
  await expect(serving({ port: "http" })).rejects.toThrow('"http" is not a port');
  await expect(serving({ build: "2" })).rejects.toThrow('there is no build "2"');
  const builds = await serveBuilds(stage.stage, { globals: {} as Context["globals"], port: 0 });
  await expect(serving({ port: new URL(builds.url).port })).rejects.toThrow("is used by another program");
  await builds.close();
  await stage[Symbol.asyncDispose]();
});

const isThere = existsSync(CHROMIUM);
if (!isThere) console.warn("Live pages are not looked at: this machine has no chromium");

describe.skipIf(!isThere)("in a browser", () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: CHROMIUM, args: ALONE });
  });
  afterAll(() => browser.close());

  async function opened(url: string) {
    const page = await browser.newPage({ viewport: { width: 1000, height: 400 } });
    const complaints: string[] = [];
    page.on("console", (message) => complaints.push(message.text()));
    page.on("pageerror", (error) => complaints.push(error.message));
    page.on("dialog", (dialog) => complaints.push(dialog.message()));
    // Nobody can tell a page anything before it listens, which it does some time after it is shown.
    const listens = page.waitForResponse((answer) => answer.url().endsWith("/events"), SOON);
    await page.goto(url);
    await listens;
    return { page, complaints, [Symbol.asyncDispose]: () => page.close() };
  }
  const textOf = (page: Page, selector: string) => page.locator(selector).textContent();

  test("a page follows its build to the end: in place, with what is unfolded, focused and scrolled as it was", async () => {
    await using build = await served();
    await using open = await opened(build.url);
    const { page } = open;
    expect(await textOf(page, "#live")).toBe("Live: follows what happens");
    // Each of these is the reader's, and a page that was loaded anew would have lost it.
    await page.locator("#numbers summary").click();
    await page.locator("#bars summary").click();
    await page.locator("#numbers summary").focus();
    await page.evaluate("scrollTo(0, 120); window.bar = document.querySelector('#bars li[data-key]')");
    const task = await build.take("i-0123", BUILD);
    await expect.poll(() => textOf(page, "#numbers tbody tr"), SOON).toMatch(/running for \d/);
    await task.fails();
    await build.take("i-0456", BUILD).then((second) => second.fails());
    const last = await build.take("i-0789", BUILD);
    await last.prints(HOSTILE);
    await last.fails();
    await expect.poll(() => textOf(page, "#live"), SOON).toBe("Ended: nothing changes any more");
    expect(await page.title()).toBe(`${BUILD}: failed`);
    expect(await textOf(page, "#failed h3")).toBe(TASK);
    expect(await textOf(page, "#failed pre")).toBe(HOSTILE);
    expect(await textOf(page, "#said")).toMatch(/^MakePackage-.* failed\. The build has failed after .*\.$/);
    const kept = await page.evaluate(`({
      bar: [window.bar.isConnected, window.bar.className],
      focused: document.activeElement.textContent,
      open: [...document.querySelectorAll("main details")].map(({ open }) => open),
      isScrolled: scrollY > 0,
    })`);
    expect(kept).toEqual({
      bar: [true, "failed critical"],
      focused: "Every task in numbers",
      open: [false, true],
      isScrolled: true,
    });
    expect(open.complaints).toEqual([]);
  });

  test("a page says that the command has ended, and goes on when its server is there again", async () => {
    const build = await served();
    await using open = await opened(build.url);
    const { page } = open;
    await build.end();
    await expect
      .poll(() => textOf(page, "#live"), SOON)
      .toMatch(/^The command that showed this has ended\. Shown is how/);
    await build[Symbol.asyncDispose]();
    await using again = await served({ port: new URL(build.url).port });
    await again.take("i-1", BUILD);
    await expect.poll(() => textOf(page, "#live"), SOON).toBe("Live: follows what happens");
  });

  test("the builds of a stage are listed as they come, each with its page", async () => {
    await using tests = await playedStage();
    const builds = await serveBuilds(tests.stage, { globals: {} as Context["globals"], port: 0 });
    await using open = await opened(builds.url);
    const { page } = open;
    expect(await textOf(page, "main")).toContain("Nothing has been built here yet");
    await tests.startBuild(BUILD);
    await expect.poll(() => page.locator(".builds li").count(), SOON).toBe(1);
    await page.getByRole("link", { name: BUILD }).click();
    expect(await textOf(page, "h1")).toBe(BUILD);
    await page.getByRole("link", { name: "all builds" }).click();
    expect(await textOf(page, "h1")).toBe("Builds of small");
    expect(open.complaints).toEqual([]);
    await builds.close();
    expect((await ask(builds.url).catch(() => undefined))?.status).toBeUndefined();
  });
});
