import { readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { MusterError, TaskInput } from "@muster/pipeline";
import * as z from "zod";

/** What an agent that is started again must know of the task that it was killed in. */
export const UnfinishedTask = z.object({
  task: TaskInput,
  /** Of the task on its worker, from 1. */
  number: z.number(),
  claimedAtMs: z.number(),
  /** On disk only where no script can read it; the machine's end tells of the task otherwise. */
  token: z.string().optional(),
  /** Marks the processes of its script. */
  variable: z.string(),
  /** Its failure has been reported: nobody needs to tell of it, but its worker takes no other task. */
  reported: z.literal(true).optional(),
});
export type UnfinishedTask = z.infer<typeof UnfinishedTask>;

/** An agent left a task here, and which one cannot be known. */
export class UnreadableNoteError extends MusterError {
  override readonly name = "Muster.UnreadableNote";
}

export interface UnfinishedTaskFile {
  write(task: UnfinishedTask): Promise<void>;
  clear(): Promise<void>;
  /**
   * undefined where there is none.
   * @throws UnreadableNoteError where there is one, or may be, and what it says cannot be known
   */
  read(): Promise<UnfinishedTask | undefined>;
}

export interface UnfinishedTaskOptions {
  /** The agent's own. */
  readonly folder: string;
  /** No script can read what is in the folder. */
  readonly isHidden: boolean;
}

export function unfinishedTaskFile({ folder, isHidden }: UnfinishedTaskOptions): UnfinishedTaskFile {
  const file = join(folder, "task.json");
  return {
    // At once or not at all, whenever the agent or the disk's room ends.
    async write({ token, ...task }) {
      const note = { ...task, ...(isHidden && token !== undefined && { token }) };
      await writeFile(`${file}.new`, JSON.stringify(note), { mode: 0o600 });
      await rename(`${file}.new`, file);
    },
    clear: () => rm(file, { force: true }),
    async read() {
      try {
        return UnfinishedTask.parse(JSON.parse(await readFile(file, "utf8")));
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
        throw new UnreadableNoteError(`what an agent has left in ${file} cannot be read`, { cause: error });
      }
    },
  };
}
