/** Where one script runs. */
export interface ScriptRoom {
  /** What runs an executable file in a working folder. */
  command(file: string, cwd: string): readonly [string, ...string[]];
  /**
   * Present where the script is the one child of the process that is started, in a session of its own. That process ends as the script does. The
   * child writes a line to descriptor 3 and becomes the script when it is answered with one: its number must be learnt while it is there.
   */
  readonly sealed?: {
    /** The PID namespace of everything that runs in it, as /proc names it. */
    readonly namespace: string;
    /** The process whose end is the room's; not the script's. */
    readonly keeper: number;
  };
  /** Ends everything that is left in it; resolves when it has ended. May be called again. */
  close(): Promise<void>;
}

/** No walls: what leaves its script's group and session must be looked for. */
export const openRoom: ScriptRoom = { command: (file) => [file], async close() {} };
