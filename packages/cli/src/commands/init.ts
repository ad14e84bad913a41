import { flag, option } from "../arguments.ts";
import { command } from "../command.ts";

export default command({
  name: "init",
  summary: "Start a pipeline of your own: writes a small repository here, or what is missing of one",
  args: {
    dir: option("folder", "Where (default: this folder)"),
    name: option("name", "What the pipeline is called (default: the folder's name)"),
    what: option("kind", "What is shipped: deb, apt or tarball (default: deb)"),
    for: option("platforms", "For which distributions, by commas: debian-12-bookworm,ubuntu-24.04-noble"),
    aws: flag("With a stage on AWS and what plans and deploys it"),
    yes: flag("-y", "Ask nothing"),
  },
  examples: ["init", "init --yes --what tarball", "init --aws"],
  run: async (values, context) => (await import("../run-init.ts")).runInit(values, context),
});
