import type { BuildHistory } from "@muster/history";
import type { Stage } from "../stages/stage.ts";
import type { Expected, Outlook } from "./expected-end.ts";
import type { ToCome } from "./status-matrix.ts";

/** What a build is expected to do yet; nothing, as long as that is not known. */
export interface Prospect {
  readonly expected: Expected | undefined;
  readonly toCome: readonly ToCome[];
}

export const NO_PROSPECT: Prospect = { expected: undefined, toCome: [] };

/** Looked at again no sooner: tasks take minutes. */
const LEAST_MS = 5000;
/** Of a large build it takes a while: a thousand tasks are looked at once a minute. */
const MS_PER_STEP = 60;

/** What is to be expected of a build while it is followed: asked of the stage once, and thought over now and then. */
export interface ExpectedWatch {
  /** As it was thought last. */
  readonly prospect: Prospect;
  look(build: BuildHistory): void;
}

type Source = Pick<Stage, "pipeline" | "description" | "s3" | "sfn" | "damagedBuilds">;

export function watchExpected(stage: Source): ExpectedWatch {
  let prospect = NO_PROSPECT;
  let isAsked = false;
  let think: ((build: BuildHistory) => Prospect) | undefined;
  let nextMs = 0;
  return {
    get prospect() {
      return prospect;
    },
    look(build) {
      if (build.input === undefined) return;
      if (!isAsked) {
        isAsked = true;
        // That it cannot be found out stops nobody: the build is shown without.
        prospects(stage, build).then(
          (found) => {
            think = found;
          },
          () => undefined,
        );
      }
      const nowMs = Date.now();
      if (think === undefined || nowMs < nextMs) return;
      prospect = think(build);
      nextMs = nowMs + Math.max(LEAST_MS, build.steps.length * MS_PER_STEP);
    },
  };
}

/** What is to be expected of a build now, where it is known within so many milliseconds. */
export async function readProspect(stage: Source, build: BuildHistory, patienceMs = 5000): Promise<Prospect> {
  if (build.input === undefined) return NO_PROSPECT;
  const { setTimeout: sleep } = await import("node:timers/promises");
  const patience = new AbortController();
  const late = sleep(patienceMs, undefined, { signal: patience.signal }).catch(() => undefined);
  const think = await Promise.race([prospects(stage, build).catch(() => undefined), late]);
  patience.abort();
  return think?.(build) ?? NO_PROSPECT;
}

/** Loads what plans are made with: only a build that runs needs it. */
async function prospects(stage: Source, { input }: BuildHistory): Promise<(build: BuildHistory) => Prospect> {
  const [{ readOutlook }, { expectedEnd, tasksToCome }] = await Promise.all([
    import("./read-outlook.ts"),
    import("./expected-end.ts"),
  ]);
  const outlook: Outlook = await readOutlook(stage, input as NonNullable<typeof input>);
  return (build) => ({
    expected: expectedEnd(outlook, build, new Date()),
    toCome: tasksToCome(outlook, build),
  });
}
