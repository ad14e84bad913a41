import type { CommandHelp } from "../tools/command-help.ts";

/** A command line with every kind of argument. */
export const help: CommandHelp = {
  commands: [
    {
      name: "build",
      summary: "Build: what's asked for [in any order]",
      places: [{ usage: "[words …]", summary: "Versions and steps", words: ["--skip-ec2", "--test-build"] }],
      options: [{ name: "--plan", summary: "Start nothing" }],
      examples: ["build 4.28.2"],
    },
    {
      name: "status",
      summary: "Show a build",
      places: [{ usage: "[build]", summary: "Its name", words: [] }],
      options: [{ name: "--follow", short: "-f", summary: "Until it ends" }],
      examples: [],
    },
  ],
  options: [
    { name: "--state-dir", value: "folder", summary: "Where state lies" },
    { name: "--json", summary: "Print one JSON value" },
  ],
};
