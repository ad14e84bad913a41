import type {
  FormerAgent,
  LogEvent,
  LogSpool,
  TaskPlace,
  UnfinishedTask,
  WorkerParts,
} from "@muster/worker-agent/in-process";

/** What of a machine outlives its agent, until the machine ends. */
export interface MachineDisk {
  /** The task that an agent has at hand. */
  note: UnfinishedTask | undefined;
  /** Log events that could not be sent yet, by the name of their file. */
  readonly spool: Map<string, readonly LogEvent[]>;
}

export const emptyDisk = (): MachineDisk => ({ note: undefined, spool: new Map() });

/** The agent's note of its task. No script here could read it, so it may hold the token. */
export const noteOn = (disk: MachineDisk): WorkerParts["notices"]["unfinished"] => ({
  async write(note) {
    disk.note = note;
  },
  async clear() {
    disk.note = undefined;
  },
  read: async () => disk.note,
});

export function spoolOn({ spool }: MachineDisk, startedMs: number): LogSpool {
  const own = `${startedMs}-`;
  const batch = (name: string) => ({
    load: async () => [...(spool.get(name) ?? [])],
    async remove() {
      spool.delete(name);
    },
  });
  return {
    async store(sequence, events) {
      const name = `${own}${String(sequence).padStart(10, "0")}`;
      spool.set(name, events);
      return batch(name);
    },
    leftovers: async () =>
      [...spool.keys()]
        .filter((name) => !name.startsWith(own))
        .toSorted()
        .map(batch),
  };
}

/** Tasks have no files here: what a script makes of its folder is no part of this world. */
export const noFiles: TaskPlace = {
  async make() {},
  async noteMaker() {},
  startMeter: () => ({ watch() {}, finish: async () => ({ cpuSeconds: 0, diskBytes: 0 }) }),
  readResult: async () => ({ members: {} }),
  outOfMemoryKills: () => undefined,
  async remove() {},
};

/** Scripts and init end with their agent, whose watchdog sees to that; no log was large enough to lie on the disk. */
export const nothingLeft: FormerAgent = {
  async endScript() {},
  async endInit() {},
  copyLog: () => Promise.reject(Object.assign(new Error("no such file"), { code: "ENOENT" })),
};
