import { stripVTControlCharacters } from "node:util";
import {
  type BuildHistory,
  describeStep,
  formatDuration,
  isBookkeeping,
  isFinished,
  isVerdict,
  type Step,
} from "@muster/history";
import { placeCells } from "@muster/pipeline";
import { formatTable } from "../format-table.ts";
import { type ApproveGlobals, approveCommand } from "../history/approve-command.ts";
import type { Print } from "../print.ts";
import { columnsOf, fitColumns } from "../text-columns.ts";
import type { Progress } from "./progress.ts";

const HIDE_CURSOR = "\u001B[?25l";
const SHOW_CURSOR = "\u001B[?25h";
const CLEAR_BELOW = "\u001B[J";
const REDRAW_MS = 200;
const SPINNER = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧"];

/** What is finished scrolls up as lasting lines; below them, what is under way is redrawn in place. */
export function liveProgress(
  print: Print,
  { now = () => new Date(), globals = {} }: { now?: () => Date; globals?: ApproveGlobals } = {},
): Progress {
  const { stderr } = print;
  const told = new Set<string>();
  let build: BuildHistory | undefined;
  let turn = 0;
  let shown = "";

  const lasting = (step: Step): string => {
    const { symbol, colour, words } = describeStep(step, now());
    return line(
      print,
      symbol,
      colour,
      nameCells(step),
      step.state === "skipped" ? print.style("dim", words, "stderr") : words,
    );
  };
  /** Said once, and whole: what is redrawn is cut to the terminal's width. */
  const asked = (step: Step): string[] => {
    const command = approveCommand(step, globals);
    const key = `${step.key} asks ${step.attempts.length}`;
    if (command === undefined || told.has(key)) return [];
    told.add(key);
    return [line(print, "?", "yellow", nameCells(step), `waits for approval: ${command}`)];
  };
  const draw = (above: readonly string[]) => {
    const spinner = SPINNER[turn % SPINNER.length] as string;
    const drawn = build === undefined ? [] : underWay(print, build, { now: now(), spinner });
    const text = [...above, ...drawn].map((text) => `${text}\n`).join("");
    if (above.length === 0 && text === shown) return;
    stderr.write(`${rewind(shown)}${text}`);
    shown = drawn.map((text) => `${text}\n`).join("");
  };

  const showCursor = () => stderr.write(SHOW_CURSOR);
  let timer: NodeJS.Timeout | undefined;
  const open = () => {
    // Also when something else ends the process.
    process.once("exit", showCursor);
    stderr.write(HIDE_CURSOR);
    timer = setInterval(() => {
      turn++;
      draw([]);
    }, REDRAW_MS);
  };

  return {
    update(current, changed) {
      if (timer === undefined) open();
      build = current;
      const news = changed.filter((step) => isFinished(step) && worthALine(step) && !told.has(ending(step)));
      news.sort((one, other) => endOf(one) - endOf(other));
      for (const step of news) told.add(ending(step));
      draw([...news.map(lasting), ...changed.flatMap(asked)]);
    },
    close() {
      clearInterval(timer);
      timer = undefined;
      process.off("exit", showCursor);
      stderr.write(`${rewind(shown)}${SHOW_CURSOR}`);
      shown = "";
    },
  };
}

const endOf = ({ endedAt, enteredAt }: Step): number => (endedAt ?? enteredAt).getTime();

/** A build that is redriven comes to an end of the same step again. */
const ending = (step: Step): string => `${step.key} ${endOf(step)}`;

const worthALine = (step: Step): boolean => (step.state === "failed" ? !isVerdict(step) : !isBookkeeping(step));

/** Goes back to where the redrawn part begins; the terminal may have echoed a key meanwhile. */
function rewind(shown: string): string {
  const lines = shown.split("\n").length - 1;
  return lines === 0 ? "" : `\r\u001B[${lines}A${CLEAR_BELOW}`;
}

function underWay(print: Print, build: BuildHistory, { now, spinner }: { now: Date; spinner: string }): string[] {
  const steps = build.steps.filter((step) => !isBookkeeping(step) || (step.state === "retrying" && !isVerdict(step)));
  const open = steps.filter((step) => !isFinished(step)).sort((a, b) => urgency(a) - urgency(b));
  const room = Math.max(1, (print.stderr.rows ?? 24) - 4);
  const rows = open.slice(0, room).map((step) => {
    const { symbol, colour, words } = describeStep(step, now);
    return [print.style(colour, step.state === "running" ? spinner : symbol, "stderr"), ...nameCells(step), words];
  });
  const columns = (print.stderr.columns ?? 80) - 1;
  const hidden = open.length > room ? [`… and ${open.length - room} more`] : [];
  return [...formatTable(rows), ...hidden, summary(print, build, steps, now)].map((text) => fit(text, columns));
}

function summary(print: Print, build: BuildHistory, steps: readonly Step[], now: Date): string {
  const count = (...states: Step["state"][]) => steps.filter(({ state }) => states.includes(state)).length;
  const parts = [
    `${count("succeeded", "skipped", "failed")} done`,
    ...(count("failed") > 0 ? [print.style("red", `${count("failed")} failed`, "stderr")] : []),
    `${count("running")} running`,
    `${count("waiting", "preparing", "retrying")} waiting`,
    formatDuration(now.getTime() - (build.startedAt ?? now).getTime(), { whole: true }),
  ];
  return print.style("dim", parts.join(" · "), "stderr");
}

const urgency = ({ state }: Step): number => ["running", "retrying", "waiting", "preparing"].indexOf(state);

const nameCells = (step: Step): string[] => [step.name, ...placeCells(step)];

function line(
  print: Print,
  symbol: string,
  colour: Parameters<Print["style"]>[0],
  cells: string[],
  words: string,
): string {
  const [name = "", ...place] = cells;
  return `${print.style(colour, symbol, "stderr")} ${[name, ...place].filter((cell) => cell !== "").join(" ")}  ${words}`;
}

/** A line that wrapped would break the redrawing; a coloured one loses its colours when it is cut. */
function fit(text: string, columns: number): string {
  return columnsOf(text) <= columns ? text : fitColumns(stripVTControlCharacters(text), columns);
}
