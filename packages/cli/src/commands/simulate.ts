import { flag, list, option, words } from "../arguments.ts";
import { buildOptionSummaries } from "../build-option-summaries.ts";
import { command } from "../command.ts";

export default command({
  name: "simulate",
  summary: "Try a release out many times in virtual time: how long it takes, what it costs, what faults do to it",
  args: {
    words: words("As build takes them: versions (default: today's nightly), platforms, steps", [
      ...Object.keys(buildOptionSummaries),
      "--test",
    ]),
    faults: list("profile", "What goes wrong: calm (the default), spot-heavy or bad-day; once for each"),
    policy: list("settings", "How it is worked off: default, predecessor, or settings; once for each to be compared"),
    seeds: option("number", "How often, each time in another world (default: 20)"),
    durations: option("file", "How long steps take, as JSON; else as recorded, or else as the definition says"),
    boot: option("span", "From a worker's launch to its first task (default: as recorded, or else 3m)"),
    seed: option("number", "Show this one world as a timeline"),
    explain: flag("With as few of its faults as it takes to break what it breaks"),
    html: option("file", "With --seed: write its page there; what was there is replaced"),
  },
  examples: [
    "simulate 4.28.2",
    "simulate 4.28.2 --faults calm --faults bad-day --policy default --policy start-ahead=true,idle-seconds=120",
    "simulate 4.28.2 --policy default --policy predecessor --durations recorded.json",
    "simulate 4.28.2 --faults bad-day --seed 7 --html seed-7.html",
  ],
  run: async (values, context) => (await import("../simulate/show-simulation.ts")).showSimulation(values, context),
});
