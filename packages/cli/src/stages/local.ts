import { setTimeout as sleep } from "node:timers/promises";
import { AwsError, dropFolderLock, type FolderOwner, isOwnerOf, readFolderOwner } from "@muster/local";
import { StageError, UsageError } from "../usage-error.ts";
import { describeLocalStage, LOCAL_REGION } from "./local/describe-local-stage.ts";
import type { LocalPlace } from "./local/local-place.ts";
import { type Ready, readReady } from "./local/ready-file.ts";
import { stageInFolder } from "./local/stage-in-folder.ts";
import { stateDir } from "./local/state-dir.ts";
import { readerClients } from "./reader-clients.ts";
import type { Stage, StageNeeds } from "./stage.ts";
import type { StageOptions } from "./stage-options.ts";

/** This machine. One process at a time owns its state and moves its builds; others talk to that process, or only read. */
export async function openLocalStage(needs: StageNeeds, options: StageOptions): Promise<Stage> {
  const { env, globals, pipeline } = options;
  const dir = stateDir(env, globals);
  const loaded = await options.loadPipeline(pipeline);
  const place: LocalPlace = { dir, loaded, options };
  while (needs.to !== "read") {
    try {
      return await takeFolder(place, needs);
    } catch (error) {
      if (!(error instanceof AwsError && error.code === "FolderInUse")) throw error;
    }
    const holder = readFolderOwner(dir);
    const joined = holder && (await joinStage(place, holder, needs));
    if (joined !== undefined) return joined;
    if (holder !== undefined) dropFolderLock(dir, holder);
    // It has just let go of the folder, or never had this one.
    await sleep(LOOK_MS);
  }
  const owner = readFolderOwner(dir);
  const joined = owner && (await joinStage(place, owner, needs));
  if (joined !== undefined) return joined;
  return lookAt(place);
}

async function takeFolder(place: LocalPlace, needs: StageNeeds): Promise<Stage> {
  if (needs.to === "serve") return (await import("./local/serve-stage.ts")).serveStage(place, needs);
  return (await import("./local/own-stage.ts")).ownStage(place, needs);
}

async function lookAt(place: LocalPlace): Promise<Stage> {
  return (await import("./local/view-stage.ts")).viewStage(place);
}

/** Works through the process that owns the folder; undefined when it says that it owns another one. */
async function joinStage(place: LocalPlace, { pid }: FolderOwner, needs: StageNeeds): Promise<Stage | undefined> {
  const { dir, loaded } = place;
  const ready = await ownerReady(dir, pid);
  if (ready === undefined) return undefined;
  const { url, pipeline, serves } = ready;
  if (pipeline !== loaded.pipeline.name) {
    throw new UsageError(`process ${pid} builds the pipeline ${pipeline} in ${dir}, not ${loaded.pipeline.name}`, {
      hint: "wait for it, or choose another folder with --state-dir",
    });
  }
  if (serves !== undefined && needs.to === "run") {
    throw new UsageError(`process ${pid} runs the task ${serves} with the objects in ${dir}`, {
      hint: "wait for it, or choose another folder with --state-dir",
    });
  }
  if (serves !== undefined && needs.to === "read") return lookAt(place);
  const credentials = { accessKeyId: "local", secretAccessKey: "local" };
  const config = { region: LOCAL_REGION, endpoint: url, credentials };
  const { close, ...clients } = readerClients(config, { forcePathStyle: true });
  const description = describeLocalStage(loaded.pipeline, { dir });
  return {
    ...stageInFolder(place, description, clients),
    movedBy: { pid, url },
    url,
    close,
  };
}

/** A process that has just taken the folder is not ready at once. */
const PATIENCE_MS = 15_000;
const LOOK_MS = 50;

async function ownerReady(dir: string, pid: number): Promise<(Ready & { readonly url: string }) | undefined> {
  for (const start = Date.now(); Date.now() - start < PATIENCE_MS; await sleep(LOOK_MS)) {
    const owner = readFolderOwner(dir);
    const ready = readReady(dir);
    const isOwner = owner?.url === undefined ? undefined : await isOwnerOf(dir, owner.url);
    if (isOwner === false) return undefined;
    if (isOwner && owner?.url !== undefined && ready?.pid === owner.pid) return { ...ready, url: owner.url };
    if (owner === undefined) break;
  }
  throw new StageError(`process ${pid} owns ${dir} but does not answer`, {
    hint: "end it, or choose another folder with --state-dir",
  });
}
