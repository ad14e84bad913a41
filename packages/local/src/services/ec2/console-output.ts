import { appendFileSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { onDisk } from "../../storage/disk-error.ts";
import type { Storage } from "../../storage/storage.ts";

/** EC2 keeps the end of what an instance wrote to its console. */
const KEPT_BYTES = 65_536;

export interface ConsoleOutputs {
  append(instanceId: string, text: string): void;
  /** Undefined for an instance that has written nothing. */
  read(instanceId: string): string | undefined;
}

export function consoleOutputs(storage: Storage): ConsoleOutputs {
  const outputs = new Map<string, string>();
  const fileOf = (instanceId: string) => join(storage.dir, "ec2", "console", `${instanceId}.log`);
  const read = (instanceId: string): string | undefined => {
    const kept = outputs.get(instanceId);
    if (kept !== undefined || !storage.persistent) return kept;
    try {
      return readFileSync(fileOf(instanceId), "utf8").slice(-KEPT_BYTES);
    } catch {
      return undefined;
    }
  };
  return {
    read,
    append(instanceId, text) {
      outputs.set(instanceId, ((read(instanceId) ?? "") + text).slice(-KEPT_BYTES));
      if (!storage.persistent) return;
      const folder = join(storage.dir, "ec2", "console");
      onDisk(folder, () => {
        mkdirSync(folder, { recursive: true });
        appendFileSync(fileOf(instanceId), text);
      });
    },
  };
}
