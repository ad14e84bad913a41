import { describeStep } from "../../describe-step.ts";
import { formatDuration } from "../../format-duration.ts";
import { type Html, html } from "../html.ts";
import type { StretchKind, TimelineRow } from "../timeline.ts";

/** All of the timeline in numbers, for those who read and for those who listen. */
export function tasksSection(rows: readonly TimelineRow[], { now }: { now: Date }): Html {
  return html`<section aria-labelledby="tasks">
<details><summary><h2 id="tasks">Every task in numbers</h2></summary>
<div class="wide" tabindex="0" role="region" aria-label="Tasks, to be scrolled"><table>
<thead><tr><th scope="col">task</th><th scope="col">waited</th><th scope="col">booted</th><th scope="col">ran</th><th scope="col">lost</th><th scope="col">attempts</th><th scope="col">what became of it</th></tr></thead>
<tbody>
${rows.map((row) => rowOf(row, now))}</tbody>
</table></div></details>
</section>`;
}

function rowOf({ step, stretches }: TimelineRow, now: Date): Html {
  const spent = (...kinds: StretchKind[]): string => {
    const ms = stretches.reduce((sum, each) => (kinds.includes(each.kind) ? sum + each.toMs - each.fromMs : sum), 0);
    return ms === 0 ? "" : formatDuration(ms);
  };
  const cells = [spent("look", "wait", "person"), spent("boot"), spent("run"), spent("lost", "pause")];
  return html`<tr data-key="${step.key}"><th scope="row">${step.key}</th>${cells.map((cell) => html`<td class="number">${cell}</td>`)}<td class="number">${step.attempts.length === 0 ? "" : step.attempts.length}</td><td>${describeStep(step, now).words}</td></tr>
`;
}
