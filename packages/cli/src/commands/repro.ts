import { flag, option, positional } from "../arguments.ts";
import { command } from "../command.ts";

export default command({
  name: "repro",
  summary: "Do an attempt of a task again on this machine, with what it had: script, environment and objects",
  args: {
    task: positional("Its name, as status and failures show it"),
    run: flag("Run it, beside copies of the stage's objects; without this, a script that does so is printed"),
    shell: flag("Open a shell there instead"),
    attempt: option("number", "Which attempt (default: the last that failed)"),
    build: option("name", "The build that the task belongs to (default: the latest in which it failed)"),
    dir: option("folder", "Where it works (default: .muster/repro/<task>)"),
    publish: flag("Leave SKIP_PUBLISH=1 out: what the script sends elsewhere is sent"),
  },
  examples: [
    "repro MakeBinaryPackage-4.28.2-ubuntu-18.04-bionic",
    "repro MakeBinaryPackage-4.28.2-ubuntu-18.04-bionic --run",
    "repro MakeBinaryPackage-4.28.2-ubuntu-18.04-bionic --attempt 2 --shell",
  ],
  run: async (values, context) => (await import("../repro/run-repro.ts")).runRepro(values, context),
});
