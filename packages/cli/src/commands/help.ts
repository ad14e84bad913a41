import { optional } from "../arguments.ts";
import { type Command, command } from "../command.ts";

/** @param commands all that there are; asked when help is, because help is one of them */
export const help = (commands: () => readonly Command[]): Command =>
  command({
    name: "help",
    summary: "Show what there is, or one command's options; of build also what the pipeline has",
    args: { command: optional("A command's name") },
    run: async ({ command: name }, context) =>
      (await import("../show-help.ts")).showHelp({ commands: commands(), name }, context),
  });
