import { parseArgs } from "node:util";
import { agentProgram } from "../src/agent-program.ts";
import { type Figure, figureLine, isOver } from "./figure.ts";
import { firstPoll } from "./first-poll.ts";
import { flood } from "./flood.ts";
import { idle } from "./idle.ts";
import { noOpTasks } from "./no-op-tasks.ts";

/** `pnpm --filter worker-agent bench [--only NAME]…`: figures beside their goals; fails when one is over its goal. */
const { values: options } = parseArgs({
  options: {
    lines: { type: "string", default: "1000000" },
    tasks: { type: "string", default: "200" },
    /** Seconds for which CloudWatch cannot be reached in the middle of a flood. */
    unreachable: { type: "string", default: "60" },
    only: { type: "string", multiple: true },
  },
});

const lines = Number(options.lines);
const benches: Record<string, () => Promise<Figure[]>> = {
  start: firstPoll,
  idle,
  tasks: () => noOpTasks(Number(options.tasks)),
  flood: () => flood({ name: "flood", lines }),
  unreachable: () => flood({ name: "unreachable", lines, unreachableSeconds: Number(options.unreachable) }),
  noise: () => flood({ name: "noise", lines, incompressible: true }),
};

const unknown = options.only?.find((name) => !(name in benches));
if (unknown !== undefined) {
  console.error(`bench: there is no bench "${unknown}"\n  ${Object.keys(benches).join(", ")}`);
  process.exit(2);
}
console.log(`agent: ${agentProgram()}`);
for (const [name, bench] of Object.entries(benches)) {
  if (options.only !== undefined && !options.only.includes(name)) continue;
  for (const figure of await bench()) {
    console.log(figureLine(figure));
    if (isOver(figure)) process.exitCode = 1;
  }
}
