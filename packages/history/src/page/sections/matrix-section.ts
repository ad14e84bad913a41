import { placeCells } from "@muster/pipeline";
import { describeStep } from "../../describe-step.ts";
import { formatDuration } from "../../format-duration.ts";
import { type Html, html } from "../html.ts";
import type { TimelineRow } from "../timeline.ts";

/** Versions and platforms downwards, steps across; nothing where a build is of no version. */
export function matrixSection(rows: readonly TimelineRow[], { now }: { now: Date }): Html | undefined {
  const placed = rows.filter(({ step }) => step.per !== "build" && step.kind !== "function");
  if (placed.length === 0) return undefined;
  const steps = [...new Set(placed.map(({ step }) => step.name))];
  const places = Map.groupBy(placed, ({ step }) => placeCells(step).join(" ").trim());
  return html`<section aria-labelledby="matrix">
<h2 id="matrix">Matrix</h2>
<div class="wide" tabindex="0" role="region" aria-label="Matrix, to be scrolled"><table class="matrix">
<thead><tr><th scope="col">for</th>${steps.map((step) => html`<th scope="col">${step}</th>`)}</tr></thead>
<tbody>
${[...places].map(
  ([place, cells]) => html`<tr data-key="${place}"><th scope="row">${place}</th>${steps.map((name) =>
    cellOf(
      cells.find(({ step }) => step.name === name),
      now,
    ),
  )}</tr>
`,
)}</tbody>
</table></div>
</section>`;
}

function cellOf(row: TimelineRow | undefined, now: Date): Html {
  if (row === undefined) return html`<td></td>`;
  const { step, fromMs, toMs } = row;
  const { symbol, words } = describeStep(step, now);
  const time = step.state === "skipped" ? "" : ` ${formatDuration(toMs - fromMs, { whole: true })}`;
  return html`<td class="${step.state}" title="${words}"><span aria-hidden="true">${symbol}</span> <span class="state-word">${step.state}</span>${time}</td>`;
}
