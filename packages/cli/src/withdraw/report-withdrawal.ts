import { withdrawnText } from "@muster/lambdas";
import { counted } from "../counted.ts";
import { formatTable } from "../format-table.ts";
import type { Print } from "../print.ts";
import { columnsOf } from "../text-columns.ts";
import { wrapColumns } from "../wrap-columns.ts";
import type { WithdrawalPlan, WithdrawnTask } from "./plan-withdrawal.ts";

interface Look {
  /** undefined where nothing limits a line. */
  readonly columns: number | undefined;
  readonly style: Print["style"];
}

const WORDS = {
  "takes-back": ["takes back", "yellow"],
  gone: ["gone", "dim"],
  stays: ["stays", "red"],
} as const;

/** What a withdrawal would do, in a line, and below it for each task what users have, and what becomes of that. */
export function reportWithdrawal(plan: WithdrawalPlan, { columns, style }: Look): string[] {
  const [first = "", ...rest] = wrapColumns(answer(plan), { columns, indent: "  " });
  const rows = plan.tasks.map((task) => [
    style(WORDS[task.does][1], WORDS[task.does][0]),
    task.step,
    task.platform ?? "",
    details(task),
  ]);
  const lines = formatTable(rows, { indent: "  " });
  const fits = columns === undefined || lines.every((line) => columnsOf(line) <= columns);
  return [
    style("bold", first),
    ...rest,
    ...(fits ? lines : plan.tasks.flatMap((task) => narrow(task, { columns, style }))),
  ];
}

/** Where a table would not fit, what users have stands below the task. */
function narrow(task: WithdrawnTask, { columns, style }: Look): string[] {
  const [word, colour] = WORDS[task.does];
  const platform = task.platform === null ? "" : `  ${task.platform}`;
  return [
    ...wrapColumns(`  ${style(colour, word)}  ${task.step}${platform}`, { columns, indent: "    " }),
    ...wrapColumns(`    ${details(task)}`, { columns, indent: "    " }),
  ];
}

/** Objects that are named; of more, how many. */
const NAMED = 2;

function details({ evidence, reason, does }: WithdrawnTask): string {
  const named = evidence.slice(0, NAMED).join(", ");
  const more = evidence.length > NAMED ? ` and ${evidence.length - NAMED} more` : "";
  const what = does === "gone" ? `no ${evidence[0] ?? ""}` : `${named}${more}`;
  return [what, reason].filter((part) => part !== null && part !== "").join(": ");
}

function answer({ version, tasks, withdrawn }: WithdrawalPlan): string {
  const count = (does: WithdrawnTask["does"]) => tasks.filter((task) => task.does === does).length;
  const stays = count("stays") === 0 ? "" : `; what ${counted(count("stays"), "task")} published stays`;
  if (count("takes-back") > 0) {
    const again = withdrawn === undefined ? "" : `; ${withdrawnText(withdrawn)}, and that is not done yet`;
    return `${version}: what ${counted(count("takes-back"), "task")} published is taken back${stays}${again}`;
  }
  return `${withdrawn === undefined ? version : withdrawnText(withdrawn)}: nothing of it is left to take back${stays}`;
}
