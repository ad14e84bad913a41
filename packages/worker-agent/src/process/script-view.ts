import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { Diagnostics } from "../diagnostics.ts";
import { COVER_FOLDER, DIE_BEFORE_AGENT, openRoom, type ScriptRoom } from "./script-room.ts";
import { prepareRooms } from "./sealed-room.ts";

/** What scripts see of the machine, so that what is the agent's alone is not there for them. */
export interface ScriptView {
  /** Whether the agent's own folder is hidden from scripts. */
  readonly hides: boolean;
  /** For one script, which runs in a room of its own. */
  room(): Promise<ScriptRoom>;
  /** Makes the next room while nobody waits for it. */
  prepare(): void;
  close(): Promise<void>;
}

/** Scripts see everything that the agent's user may see. */
export const openView: ScriptView = {
  hides: false,
  room: async () => openRoom,
  prepare() {},
  async close() {},
};

/** Over the folder, in a mount namespace of the script's own; mounts that are made outside later do reach it. */
const HIDE = ["unshare", "--mount", "--propagation", "slave", "--", "sh", "-c"] as const;
const HIDE_AND_BECOME = `${DIE_BEFORE_AGENT}; ${COVER_FOLDER} && exec "$1"`;

/**
 * Hides a folder and all processes but the script's own, which end with it, where the machine allows it: the agent must be root, and have
 * util-linux. Where it may make mount namespaces only, the folder is hidden; else nothing is.
 */
export async function hidingView(folder: string, diagnostics: Diagnostics): Promise<ScriptView> {
  try {
    const rooms = prepareRooms(folder);
    rooms.prepare();
    await rooms.ready();
    return { hides: true, ...rooms };
  } catch (error) {
    diagnostics.warn("scripts can see other processes, and what hides from the agent may outlive a task", { error });
  }
  const command = (file: string) => [...HIDE, HIDE_AND_BECOME, folder, file] as const;
  try {
    const [program, ...words] = command("true");
    await promisify(execFile)(program, words);
    return { ...openView, hides: true, room: async () => ({ ...openRoom, command }) };
  } catch (error) {
    diagnostics.warn("scripts can see the agent's own folder: no task token is written to disk", { error });
    return openView;
  }
}
