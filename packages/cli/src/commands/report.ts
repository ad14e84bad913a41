import { option, optional } from "../arguments.ts";
import { command } from "../command.ts";

export default command({
  name: "report",
  summary: "Show where the page about a build is kept, share it by a link, or write it into a file",
  args: {
    build: optional("The build's name, or the beginning of it (default: the latest)"),
    html: option("file", "Write the page as it is now there; what was there is replaced"),
    share: option("span", "Print a link to the kept page that expires after that: 30m, 24h, 7d"),
  },
  examples: ["report --html build.html", "report 4.28.2_alice --share 24h", "report"],
  run: async (values, context) => (await import("../report/report-page.ts")).reportPage(values, context),
});
