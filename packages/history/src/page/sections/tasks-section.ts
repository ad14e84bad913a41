import { describeStep } from "../../describe-step.ts";
import { formatDuration } from "../../format-duration.ts";
import type { Step } from "../../step.ts";
import { dollarsOf, formatDollars, machineMs, type Prices } from "../cost.ts";
import { type Html, html } from "../html.ts";
import type { StretchKind, TimelineRow } from "../timeline.ts";

interface TasksOptions {
  readonly prices: Prices | undefined;
  readonly records: ((task: string) => string) | undefined;
  readonly now: Date;
}

/** All of the timeline in numbers, for those who read and for those who listen. */
export function tasksSection(rows: readonly TimelineRow[], options: TasksOptions): Html {
  const { prices, records } = options;
  return html`<section aria-labelledby="tasks">
<details><summary><h2 id="tasks">Every task in numbers</h2></summary>
<div class="wide" tabindex="0" role="region" aria-label="Tasks, to be scrolled"><table>
<thead><tr><th scope="col">task</th><th scope="col">waited</th><th scope="col">booted</th><th scope="col">ran</th><th scope="col">lost</th><th scope="col">attempts</th>${prices && html`<th scope="col">cost</th>`}${records && html`<th scope="col">provenance</th>`}<th scope="col">what became of it</th></tr></thead>
<tbody>
${rows.map((row) => rowOf(row, options))}</tbody>
</table></div></details>
</section>`;
}

function rowOf(row: TimelineRow, { prices, records, now }: TasksOptions): Html {
  const { step, stretches } = row;
  const spent = (...kinds: StretchKind[]): string => {
    const ms = stretches.reduce((sum, each) => (kinds.includes(each.kind) ? sum + each.toMs - each.fromMs : sum), 0);
    return ms === 0 ? "" : formatDuration(ms);
  };
  const cells = [spent("look", "wait", "person"), spent("boot"), spent("run"), spent("lost", "pause")];
  return html`<tr data-key="${step.key}"><th scope="row">${step.key}</th>${cells.map((cell) => html`<td class="number">${cell}</td>`)}<td class="number">${step.attempts.length === 0 ? "" : step.attempts.length}</td>${prices && html`<td class="number">${costOf(row, prices)}</td>`}${records && html`<td>${recordsOf(step, records)}</td>`}<td>${describeStep(step, now).words}</td></tr>
`;
}

function costOf(row: TimelineRow, prices: Prices): string {
  if (machineMs(row) === 0) return "";
  const dollars = dollarsOf(row, prices);
  return dollars === undefined ? "not known" : formatDollars(dollars);
}

/** Only what a worker had has left records. */
function recordsOf({ key, attempts }: Step, urlOf: (task: string) => string): Html | undefined {
  if (!attempts.some(({ instance }) => instance !== undefined)) return undefined;
  return html`<a href="${urlOf(key)}" aria-label="Records of ${key}">records</a>`;
}
