import type { BuildHistory, Step } from "@muster/history";
import { placeWords } from "@muster/pipeline";
import { type ApproveGlobals, approveCommand } from "../history/approve-command.ts";
import type { Print } from "../print.ts";
import { lastingMatrix, statusScreen } from "../status/status-lines.ts";
import { columnsOf, fitStyled } from "../text-columns.ts";
import type { Progress, Shown } from "./progress.ts";

const HIDE_CURSOR = "\u001B[?25l";
const SHOW_CURSOR = "\u001B[?25h";
const CLEAR_BELOW = "\u001B[J";
/** What is redrawn counts seconds. */
const REDRAW_MS = 1000;

interface Current {
  readonly build: BuildHistory;
  readonly shown: Shown;
}

interface LiveOptions {
  readonly now?: () => Date;
  readonly globals?: ApproveGlobals;
  /** Stops this process, until a shell lets it go on. */
  readonly stop?: () => void;
}

/** A build as `muster status` shows it, redrawn in place; what is asked of a person scrolls up as a lasting line. */
export function liveProgress(
  print: Print,
  { now = () => new Date(), globals = {}, stop = stopThis }: LiveOptions = {},
): Progress {
  const { stderr } = print;
  const told = new Set<string>();
  let current: Current | undefined;
  let drawn: readonly string[] = [];

  /** Said once, and whole: what is redrawn is cut to the terminal's width. */
  const asked = (step: Step): string[] => {
    const command = approveCommand(step, globals);
    const key = `${step.key} asks ${step.attempts.length}`;
    if (command === undefined || told.has(key)) return [];
    told.add(key);
    const named = [step.name, ...placeWords(step)].join(" ");
    return [`${print.style("yellow", "?", "stderr")} ${named} waits for approval: ${command}`];
  };
  const draw = (above: readonly string[]) => {
    const lines = current === undefined ? [] : screenLines(print, current, now());
    const isSame = lines.length === drawn.length && lines.every((line, index) => line === drawn[index]);
    if (above.length === 0 && isSame) return;
    stderr.write(rewind(drawn, stderr.columns) + [...above, ...lines].map((line) => `${line}\n`).join(""));
    drawn = lines;
  };

  const showCursor = () => void stderr.write(SHOW_CURSOR);
  // Ctrl-Z: the shell gets a cursor that shows, and what it wrote meanwhile stays.
  const suspend = () => {
    showCursor();
    stop();
  };
  const goOn = () => {
    stderr.write(HIDE_CURSOR);
    drawn = [];
    draw([]);
  };
  let timer: NodeJS.Timeout | undefined;
  const open = () => {
    process.on("SIGTSTP", suspend);
    process.on("SIGCONT", goOn);
    // Also when something else ends the process.
    process.once("exit", showCursor);
    stderr.write(HIDE_CURSOR);
    timer = setInterval(() => draw([]), REDRAW_MS);
  };

  return {
    showsProspect: true,
    update(build, changed, shown) {
      if (timer === undefined) open();
      current = { build, shown };
      draw(changed.flatMap(asked));
    },
    close({ keeps } = { keeps: false }) {
      if (timer === undefined) return;
      clearInterval(timer);
      timer = undefined;
      process.off("exit", showCursor);
      process.off("SIGTSTP", suspend);
      process.off("SIGCONT", goOn);
      const isOver = current !== undefined && current.build.state !== "running";
      const lines = keeps && isOver ? lastLines(print, current as Current, now()) : [];
      const text = lines.map((line) => `${line}\n`).join("");
      stderr.write(`${keeps && !isOver ? "" : rewind(drawn, stderr.columns)}${text}${SHOW_CURSOR}`);
      drawn = [];
    },
  };
}

const stopThis = (): void => void process.kill(process.pid, "SIGSTOP");

const shownOf = ({ build, shown }: Current) => ({ ...shown, build, moving: true, headline: "" });

function screenLines(print: Print, current: Current, now: Date): string[] {
  const where = placeOn(print, now);
  return statusScreen(shownOf(current), where).map((line) => fitStyled(line, where.columns));
}

function lastLines(print: Print, current: Current, now: Date): readonly string[] {
  return lastingMatrix(shownOf(current), placeOn(print, now));
}

function placeOn({ stderr, style }: Print, now: Date) {
  return {
    // A line of all columns leaves some cursors at the next one.
    columns: (stderr.columns || 80) - 1,
    rows: Math.max(2, (stderr.rows || 24) - 1),
    style: (format: Parameters<Print["style"]>[0], text: string) => style(format, text, "stderr"),
    now,
  };
}

/** Goes back to where the redrawn part begins: a terminal that has become narrower since has broken its lines. The user may have typed a key meanwhile. */
function rewind(drawn: readonly string[], columns = 80): string {
  const rows = drawn.reduce((sum, line) => sum + Math.max(1, Math.ceil(columnsOf(line) / (columns || 80))), 0);
  return rows === 0 ? "" : `\r\u001B[${rows}A${CLEAR_BELOW}`;
}
