import { join } from "node:path";
import type { Stage } from "./stage-settings.ts";

/** Where `bundle` puts what it builds. */
export interface BundleFolders {
  /** Functions, in a folder for each pipeline. */
  readonly functions: string;
  /** The agent's archives. */
  readonly agents: string;
}

/** Where bundles are made of what. */
export interface BundlePlaces {
  /** Where `stages.ts` lies: pipelines' files are found from there. */
  readonly folder: string;
  readonly bundles: BundleFolders;
  /** What is fetched once for all bundles. */
  readonly cache: string;
}

/** One thing that `bundle` builds. */
export interface Bundle {
  /** As a person would say it. */
  readonly what: string;
  readonly folder: string;
}

/** A pipeline's functions; a pipeline is what a stage names: a name, or a file's path, which becomes a folder's name. */
export const functionsBundle = (pipeline: string, { functions }: BundleFolders): Bundle => ({
  what: `${pipeline}'s functions`,
  folder: join(functions, pipeline.replaceAll(/^\W+/g, "").replaceAll(/\W+/g, "-")),
});

export const agentBundle = ({ agents }: BundleFolders): Bundle => ({ what: "the worker agent", folder: agents });

/** All that stages need. */
export const bundlesOf = (stages: readonly Stage[], folders: BundleFolders): Bundle[] => [
  ...[...new Set(stages.map(({ pipeline }) => pipeline))].map((pipeline) => functionsBundle(pipeline, folders)),
  agentBundle(folders),
];
