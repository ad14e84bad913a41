import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { HOSTILE, sampleBuild } from "../../testing/sample-build.ts";
import { buildPage } from "./page.ts";

const CHROMIUM = "/usr/bin/chromium";
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** Chromium fetches nothing by itself, and needs no more shared memory than a container has. */
const ALONE = [
  "--no-sandbox",
  "--disable-dev-shm-usage",
  "--disable-gpu",
  "--disable-quic",
  "--disable-background-networking",
  "--disable-sync",
];

const sizes = {
  1: { versions: 1, platforms: 1 },
  30: { versions: 3, platforms: 7 },
  1000: { versions: 10, platforms: 97 },
};

function pageOf(size: keyof typeof sizes): string {
  const { build, launches } = sampleBuild(sizes[size]);
  const failures = build.steps
    .filter(({ state }) => state === "failed")
    .map(({ key }) => ({
      task: key,
      line: HOSTILE,
      lastLines: [HOSTILE, "make: *** Error 2"],
      command: `muster logs ${key}`,
    }));
  const prices = new Map([["MakeBinaryPackage", 0.68]]);
  const records = (task: string) => `https://console.example/?prefix=${task}/`;
  return buildPage({
    name: "4.28.0_alice",
    build,
    launches,
    failures,
    prices,
    records,
    now: build.endedAt ?? new Date(),
  });
}

const isThere = existsSync(CHROMIUM);
if (!isThere) console.warn("Pages are not looked at: this machine has no chromium");

describe.skipIf(!isThere)("in a browser", () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: CHROMIUM, args: ALONE });
  });
  afterAll(() => browser.close());

  /** Fails for whatever a page complains of or asks for. */
  async function opened(size: keyof typeof sizes, options: { width?: number; colorScheme?: "light" | "dark" } = {}) {
    const { width = 1280, colorScheme = "light" } = options;
    const viewport = { width, height: 900 };
    const context = await browser.newContext({ viewport, colorScheme, javaScriptEnabled: true, bypassCSP: false });
    const page = await context.newPage();
    const complaints: string[] = [];
    page.on("console", (message) => complaints.push(message.text()));
    page.on("pageerror", (error) => complaints.push(error.message));
    page.on("request", (request) => complaints.push(request.url()));
    page.on("dialog", async (dialog) => {
      complaints.push(`dialog: ${dialog.message()}`);
      await dialog.dismiss();
    });
    await page.setContent(pageOf(size));
    return { page, complaints, [Symbol.asyncDispose]: () => context.close() };
  }

  const widthOf = (page: Page) => page.evaluate("document.documentElement.scrollWidth");

  test.each([1, 30, 1000] as const)("a page of %i tasks shows each of them, and asks for nothing", async (size) => {
    await using open = await opened(size);
    const tasks = sampleBuild(sizes[size]).build.steps.length;
    expect(await open.page.locator(".timeline ol li").count()).toBe(tasks);
    expect(await open.page.locator("#tasks").count()).toBe(1);
    expect(await open.page.title()).toMatch(/^4\.28\.0_alice: (failed|succeeded)$/);
    expect(open.complaints).toEqual([]);
  });

  test("what scripts and names say is text", async () => {
    await using open = await opened(30);
    expect(await open.page.locator("img").count()).toBe(0);
    expect(await open.page.locator(".failure pre").first().textContent()).toBe(`${HOSTILE}\nmake: *** Error 2`);
    expect(open.complaints).toEqual([]);
  });

  test.each([30, 1000] as const)("a phone shows a page of %i tasks without scrolling sideways", async (size) => {
    await using open = await opened(size, { width: 390 });
    expect(await widthOf(open.page)).toBe(390);
  });

  test("bars lie where their times are", async () => {
    await using open = await opened(1);
    const [bar, run] = await Promise.all(
      [".timeline ol li .bar", ".timeline ol li .stretch.run"].map((each) =>
        open.page.locator(each).first().boundingBox(),
      ),
    );
    const { build } = sampleBuild(sizes[1]);
    const total = (build.endedAt?.getTime() ?? 0) - (build.startedAt?.getTime() ?? 0);
    expect(((run?.x ?? 0) - (bar?.x ?? 0)) / (bar?.width ?? 1)).toBeCloseTo(70_000 / total, 2);
    expect((run?.width ?? 0) / (bar?.width ?? 1)).toBeCloseTo(230_000 / total, 2);
  });

  test("a step's tasks are folded and unfolded by keyboard; of many, only those with news are open", async () => {
    await using open = await opened(1000);
    const groups = open.page.locator(".timeline details");
    expect(await groups.evaluateAll((all) => all.map((each) => each.hasAttribute("open")))).toEqual([
      false,
      true,
      false,
      false,
    ]);
    await groups.first().locator("summary").focus();
    await open.page.keyboard.press("Enter");
    expect(await groups.first().getAttribute("open")).toBe("");
  });

  test.each(["light", "dark"] as const)("axe finds nothing to say of it, %s", async (colorScheme) => {
    const context = await browser.newContext({ colorScheme, bypassCSP: true });
    const page = await context.newPage();
    await page.setContent(pageOf(30));
    await page.evaluate(axe);
    const { violations } = await page.evaluate<{ violations: { id: string; nodes: { html: string }[] }[] }>(
      "axe.run()",
    );
    expect(violations.map(({ id, nodes }) => [id, nodes[0]?.html])).toEqual([]);
    await context.close();
  });
});
