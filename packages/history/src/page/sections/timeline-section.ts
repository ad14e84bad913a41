import { placeCells } from "@muster/pipeline";
import { describeStep } from "../../describe-step.ts";
import { formatDuration } from "../../format-duration.ts";
import { type Html, html } from "../html.ts";
import type { Stretch, StretchKind, Timeline, TimelineRow } from "../timeline.ts";

const labels: Readonly<Record<StretchKind, string>> = {
  look: "looking what there is to do",
  wait: "waiting for a worker",
  boot: "its machine booting",
  run: "running",
  lost: "an attempt that came to nothing",
  pause: "until it was tried again",
  person: "waiting for a person",
};

/** Above this many tasks a step's are folded, unless one of them has failed or is under way. */
const FOLDED_ABOVE = 40;

/** A bar for each task, along the build's time; the tasks of a step together. */
export function timelineSection(
  { rows, durationMs }: Timeline,
  { critical, now }: { critical: ReadonlySet<TimelineRow>; now: Date },
): Html {
  const groups = Map.groupBy(rows, ({ step }) => step.name);
  const kinds = new Set(rows.flatMap(({ stretches }) => stretches.map(({ kind }) => kind)));
  const legend = (Object.keys(labels) as StretchKind[]).filter((kind) => kinds.has(kind));
  const isLarge = rows.length > FOLDED_ABOVE;
  return html`<section aria-labelledby="timeline" class="timeline">
<h2 id="timeline">Timeline</h2>
${pathSentence(critical, durationMs)}
<ul class="legend">${legend.map((kind) => html`<li><i class="stretch ${kind}" aria-hidden="true"></i>${labels[kind]}</li>`)}</ul>
<div class="ruler" aria-hidden="true">${ticks(durationMs).map((ms) => html`<span style="left:${percent(ms, durationMs)}">${formatDuration(ms, { whole: true })}</span>`)}</div>
${[...groups].map(([name, tasks]) => group(name, tasks, { durationMs, critical, now, isOpen: !isLarge || tasks.some(isNews) }))}
</section>`;
}

const isNews = ({ step: { state } }: TimelineRow): boolean => state !== "succeeded" && state !== "skipped";

interface Drawing {
  readonly durationMs: number;
  readonly critical: ReadonlySet<TimelineRow>;
  readonly now: Date;
}

function group(
  name: string,
  rows: readonly TimelineRow[],
  { isOpen, ...drawing }: Drawing & { isOpen: boolean },
): Html {
  const states = [...Map.groupBy(rows, ({ step }) => step.state)].map(([state, each]) => `${each.length} ${state}`);
  const from = Math.min(...rows.map(({ fromMs }) => fromMs));
  const to = Math.max(...rows.map(({ toMs }) => toMs));
  return html`<details data-key="${name}"${isOpen ? { markup: " open" } : undefined}>
<summary><b>${name}</b> <span>${states.join(", ")}; ${formatDuration(to - from)} in all</span></summary>
<ol>${rows.map((row) => bar(row, drawing))}</ol>
</details>
`;
}

function bar(row: TimelineRow, { durationMs, critical, now }: Drawing): Html {
  const { step, stretches } = row;
  const { symbol, words } = describeStep(step, now);
  const place = placeCells(step).filter((cell) => cell !== "");
  return html`<li data-key="${step.key}" class="${step.state}${critical.has(row) ? " critical" : ""}">
<span class="name"><span aria-hidden="true">${symbol}</span> ${place.length === 0 ? step.name : place.join(" ")}</span>
<span class="bar" aria-hidden="true">${stretches.map((stretch) => html`<i class="stretch ${stretch.kind}" style="left:${percent(stretch.fromMs, durationMs)};width:${percent(stretch.toMs - stretch.fromMs, durationMs)}" title="${titleOf(stretch)}"></i>`)}</span>
<span class="words">${words}</span></li>
`;
}

function titleOf({ kind, fromMs, toMs, attempt, instance, error }: Stretch): string {
  const parts = [
    `${labels[kind]}, ${formatDuration(toMs - fromMs)}`,
    ...(attempt === undefined ? [] : [`attempt ${attempt}`]),
    ...(instance === undefined ? [] : [`on ${instance}`]),
    ...(error === undefined ? [] : [error]),
  ];
  return parts.join("; ");
}

function pathSentence(critical: ReadonlySet<TimelineRow>, durationMs: number): Html | undefined {
  const steps = [...critical].filter(({ step }) => step.kind !== "function");
  if (steps.length < 2) return undefined;
  const taken = steps.reduce((sum, { fromMs, toMs }) => sum + toMs - fromMs, 0);
  const share = durationMs === 0 ? 0 : Math.min(100, Math.round((100 * taken) / durationMs));
  return html`<p>What the build's length follows from, ${share} % of its time: ${steps.map(
    ({ step, fromMs, toMs }, index) =>
      html`${index === 0 ? "" : ", then "}<b>${step.key}</b> (${formatDuration(toMs - fromMs)})`,
  )}. These bars are framed.</p>`;
}

const percent = (ms: number, ofMs: number): string => `${ofMs === 0 ? 0 : Number(((100 * ms) / ofMs).toFixed(3))}%`;

const STEPS_MS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 21_600, 43_200, 86_400].map(
  (seconds) => seconds * 1000,
);

/** Four to eight round times. */
function ticks(durationMs: number): number[] {
  const step = STEPS_MS.find((ms) => durationMs / ms <= 8) ?? Math.ceil(durationMs / 8);
  return Array.from({ length: Math.floor(durationMs / step) + 1 }, (_, index) => index * step);
}
