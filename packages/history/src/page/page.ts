import { describeInputs } from "@muster/pipeline";
import type { BuildHistory } from "../build-history.ts";
import { formatDuration } from "../format-duration.ts";
import { dollarsOf, formatDollars, machineMs, type Prices } from "./cost.ts";
import { criticalPath } from "./critical-path.ts";
import { type Html, html } from "./html.ts";
import { STYLE } from "./page-style.ts";
import { matrixSection } from "./sections/matrix-section.ts";
import { tasksSection } from "./sections/tasks-section.ts";
import { timelineSection } from "./sections/timeline-section.ts";
import { type LaunchTimes, type Timeline, timelineOf } from "./timeline.ts";

/** A step that has failed, and what is known of why. */
export interface PageFailure {
  /** As a task is called. */
  readonly task: string;
  /** What it failed of, in one line. */
  readonly line: string;
  /** The last lines of its last attempt's log, without control sequences; none where nothing ran. */
  readonly lastLines: readonly string[];
  /** The command that prints the rest; absent where there is no log. */
  readonly command?: string;
}

export interface PageFacts {
  readonly name: string;
  readonly build: BuildHistory;
  readonly launches: LaunchTimes;
  readonly failures: readonly PageFailure[];
  /** What machines cost; absent where they cost nothing. */
  readonly prices?: Prices;
  /** URL of the folder of the records of a task's attempts; absent where it leads nowhere. */
  readonly records?: (task: string) => string;
  /** Until when the page tells: of a build that has ended its end. */
  readonly now: Date;
}

/** A stretch of the page that is renewed by itself where the page is live: what is in the element of that id. */
export interface PagePart {
  readonly id: string;
  readonly markup: string;
}

/** All that a page tells, from its top to its end. */
export function pageParts({ name, build, launches, failures, prices, records, now }: PageFacts): readonly PagePart[] {
  const timeline = timelineOf(build, { now, launches });
  const critical = new Set(criticalPath(timeline.rows));
  const parts: Readonly<Record<string, Html | undefined>> = {
    summary: header({ name, build, timeline, prices, now }),
    failed: failuresSection(failures),
    bars: timelineSection(timeline, { critical, now }),
    places: matrixSection(timeline.rows, { now }),
    numbers: tasksSection(timeline.rows, { prices, records, now }),
  };
  return Object.entries(parts).map(([id, part]) => ({ id, markup: part?.markup ?? "" }));
}

export const pageTitle = ({ name, build }: Pick<PageFacts, "name" | "build">): string => `${name}: ${build.state}`;

/** One self-contained page about a build: no script, nothing that is fetched. */
export const buildPage = (facts: PageFacts): string =>
  document({ title: pageTitle(facts), parts: pageParts(facts), policy: KEPT_POLICY });

/** What a page that lies somewhere may load: nothing but the style that it brings along. */
const KEPT_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

/** What a browser shows. @param head what else stands in its head. @param above what stands above the parts */
export function document({
  title,
  parts,
  policy,
  head,
  above,
}: {
  title: string;
  parts: readonly PagePart[];
  policy: string;
  head?: Html | undefined;
  above?: Html | undefined;
}): string {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="referrer" content="no-referrer">
<title>${title}</title>
<style>${{ markup: STYLE }}</style>
${head}</head>
<body>
<main>
${above}${parts.map(({ id, markup }) => html`<div id="${id}">${{ markup }}</div>\n`)}</main>
</body>
</html>
`.markup;
}

function header({
  name,
  build,
  timeline: { durationMs, rows },
  prices,
  now,
}: Pick<PageFacts, "name" | "build" | "now"> & { timeline: Timeline; prices: Prices | undefined }): Html {
  const tasks = rows.filter(({ step }) => step.kind === "activity");
  const count = (...states: string[]) => tasks.filter(({ step }) => states.includes(step.state)).length;
  const told = describeInputs(build.input ?? {});
  const underWay = count("running", "waiting", "retrying", "preparing");
  const counts = [
    `${count("succeeded")} done`,
    `${count("skipped")} skipped`,
    `${count("failed")} failed`,
    ...(underWay > 0 ? [`${underWay} under way`] : []),
  ];
  return html`<header>
<h1>${name}</h1>
<p class="verdict"><span class="state ${build.state}">${build.state}</span>
${build.state === "running" ? "for" : "after"} <strong>${formatDuration(durationMs, { whole: build.state === "running" })}</strong>, tasks: ${counts.join(", ")}</p>
<dl>
<dt>Began</dt><dd>${timeElement(build.startedAt)}</dd>
${build.endedAt === undefined ? html`<dt>As of</dt><dd>${timeElement(now)}</dd>` : html`<dt>Ended</dt><dd>${timeElement(build.endedAt)}</dd>`}
${machines(rows, prices)}
${told === "" ? undefined : html`<dt>Inputs</dt><dd>${told}</dd>`}
${build.redriveCount === 0 ? undefined : html`<dt>Redriven</dt><dd>${build.redriveCount} ×</dd>`}
</dl>
</header>`;
}

/** Of machines that cost nothing, as of none, there is nothing to say. */
function machines(rows: Timeline["rows"], prices: Prices | undefined): Html | undefined {
  const ms = rows.reduce((sum, row) => sum + machineMs(row), 0);
  if (prices === undefined || ms === 0) return undefined;
  const dollars = rows.map((row) => dollarsOf(row, prices));
  const known = dollars.reduce<number>((sum, each) => sum + (each ?? 0), 0);
  const some = dollars.includes(undefined) ? ", without those whose price nobody knows" : "";
  return html`<dt>Machines</dt><dd>${formatDuration(ms)} at tasks or booting, about ${formatDollars(known)} on demand${some}</dd>`;
}

const timeElement = (time: Date | undefined): Html =>
  time === undefined
    ? html`unknown`
    : html`<time datetime="${time.toISOString()}">${time.toISOString().slice(0, 19).replace("T", " ")} UTC</time>`;

function failuresSection(failures: readonly PageFailure[]): Html | undefined {
  if (failures.length === 0) return undefined;
  return html`<section aria-labelledby="failures">
<h2 id="failures">What failed</h2>
${failures.map(
  ({ task, line, lastLines, command }) => html`<article class="failure" data-key="${task}">
<h3>${task}</h3>
<p>${line}</p>
${lastLines.length === 0 ? undefined : html`<pre tabindex="0" aria-label="The last lines of its log">${lastLines.join("\n")}</pre>`}
${command === undefined ? undefined : html`<p class="command"><code>${command}</code></p>`}
</article>
`,
)}</section>`;
}
