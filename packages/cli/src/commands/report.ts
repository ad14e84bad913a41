import { option, optional } from "../arguments.ts";
import { command } from "../command.ts";

export default command({
  name: "report",
  summary: "Write a page about a build: its timeline, matrix, failures and numbers, in one file",
  args: {
    build: optional("The build's name, or the beginning of it (default: the latest)"),
    html: option("file", "Where the page goes; what was there is replaced"),
  },
  examples: ["report --html build.html", "report 4.28.2_alice --html 4.28.2.html"],
  run: async (values, context) => (await import("../report/write-report.ts")).writeReport(values, context),
});
