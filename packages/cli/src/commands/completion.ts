import { positional, words } from "../arguments.ts";
import { type Command, command } from "../command.ts";

/** @param commands all that there are, asked when words are completed */
export const completion = (commands: () => readonly Command[]): Command =>
  command({
    name: "completion",
    summary: "Print what a shell reads to complete commands, options, versions, steps, builds and tasks",
    args: {
      shell: positional("bash, zsh or fish; or words, and after -- those whose last one is to be completed"),
      words: words("What was typed so far, without muster", []),
    },
    examples: [
      "completion bash >~/.local/share/bash-completion/completions/muster",
      "completion zsh >~/.zfunc/_muster",
      "completion fish >~/.config/fish/completions/muster.fish",
    ],
    run: async ({ shell, words: typed }, context) =>
      (await import("../completion/print-completion.ts")).printCompletion(
        { commands: commands(), shell, words: typed },
        context,
      ),
  });
