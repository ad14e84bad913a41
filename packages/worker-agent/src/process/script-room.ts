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

/** In a shell that is about to become a script: when memory runs out, the kernel shall choose the script, not the agent that has to tell of it. */
export const DIE_BEFORE_AGENT = "echo 500 >/proc/self/oom_score_adj";

/** In a shell with a mount namespace of its own: an empty folder covers the one that is its `$0`. */
export const COVER_FOLDER = 'mount -t tmpfs -o size=4k,mode=0555 none "$0"';

/** No walls: what leaves its script's group and session must be looked for. */
export const openRoom: ScriptRoom = { command: (file) => [file], async close() {} };
