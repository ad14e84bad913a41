import { flag, option, positional } from "../arguments.ts";
import { command } from "../command.ts";

export default command({
  name: "logs",
  summary: "Print the log of a task, of all workers that had it; of a worker; or of a whole build",
  args: {
    task: positional("A task's name, as status and failures show it, an instance id, or a build's name"),
    follow: flag("-f", "Until the task or build ends"),
    attempt: option("number", "One attempt of the task alone, as status and failures count them"),
    build: option("name", "The build that the task belongs to (default: the latest that has it)"),
    grep: option("pattern", "Only lines that hold it, a regular expression"),
    since: option("time", "Only lines since then: 10m, 2h, 09:30 (UTC), 2026-11-30T09:30Z"),
    timestamps: flag("-t", "When each line was printed, in UTC"),
  },
  examples: [
    "logs MakeBinaryPackage-4.28.2-ubuntu-18.04-bionic",
    "logs MakeBinaryPackage-4.28.2-ubuntu-18.04-bionic --attempt 2 --grep 'error:'",
    "logs i-0123456789abcdef0 --since 10m",
    "logs 4.28.2_jane_2026-11-30_0930 --follow",
  ],
  run: async (values, context) => (await import("../logs/show-logs.ts")).showLogs(values, context),
});
