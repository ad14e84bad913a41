import { type Arguments, flag, option } from "./arguments.ts";

/** Options that every command takes. */
export const globalArguments = {
  pipeline: option("name|file", "The pipeline to work with (default: pipeline.ts here or above; MUSTER_PIPELINE)"),
  stage: option("name", "Where builds run: local, or a deployment on AWS (default: local; MUSTER_STAGE)"),
  stateDir: option("folder", "State of the local stage (default: .muster; MUSTER_DIR)"),
  json: flag("Print one JSON value"),
  quiet: flag("-q", "Print no progress; results and errors stay"),
  noColor: flag("Print no colours (also NO_COLOR)"),
  help: flag("-h", "Show this help"),
  version: flag("Show Muster's version"),
} satisfies Arguments;

export interface GlobalValues {
  readonly pipeline: string | undefined;
  readonly stage: string | undefined;
  readonly stateDir: string | undefined;
  readonly json: boolean;
  readonly quiet: boolean;
  readonly noColor: boolean;
}
