import {
  type Activity,
  activity,
  approval,
  type BuildStatus,
  type Decision,
  definePipeline,
  downloads,
  type Flow,
  forEachPlatform,
  forEachVersion,
  hours,
  listedPlatforms,
  type Per,
  type Pipeline,
  parallel,
  placeOf,
  placeWords,
  type Subject,
  scratch,
  sequence,
} from "@muster/pipeline";

/** Numbers in [0, 1), the same for the same seed. */
export function randomNumbers(seed: number): () => number {
  let state = seed * 2_654_435_761;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Of every version, unless its list says otherwise. */
export const PLATFORMS: readonly string[] = ["debian-12-bookworm", "ubuntu-24.04-noble"];

const STATUSES: readonly BuildStatus[] = ["not_built", "built_not_published", "succeeded"];

/** More steps than this cost time and tell nothing new. */
const MOST_STEPS = 7;

/** Where the lists of its versions' platforms lie. */
export const platformList = (version: string) => scratch(`platforms/${version}`);

/**
 * A pipeline whose steps hand on objects, each in its own way: they produce, publish, upload or remove what another has made, look at how far others have
 * come, and decide by that.
 */
export function randomRelease(seed: number): Pipeline {
  const next = randomNumbers(seed);
  const chance = (share: number) => next() < share;
  const pick = <T>(of: readonly T[]): T => of[Math.floor(next() * of.length)] as T;
  const made: Activity[] = [];
  let names = 0;

  const leaf = (per: Per): Activity => {
    names += 1;
    const name = `Step${names}`;
    const kind = next();
    const produces = (subject: Subject) => keysOf(name, per, subject).map(scratch);
    const publishes = (subject: Subject) => keysOf(name, per, subject).map(downloads);
    const others = made.filter((other) => other.produces !== undefined || other.publishes !== undefined);
    const writes = [scratch(`${name}/`)];
    const artifacts =
      kind < 0.15
        ? {}
        : kind < 0.45
          ? { produces }
          : kind < 0.6
            ? { publishes }
            : kind < 0.8
              ? { produces, publishes, access: { writes } }
              : kind < 0.85
                ? { produces, publishes }
                : kind < 0.92 && others.length > 0
                  ? { access: { writes: [downloads(`${pick(others).name}/`)] } }
                  : {
                      produces,
                      access: { writes, deletes: others.slice(-1).map((other) => scratch(`${other.name}/`)) },
                    };
    const looksAt = others.length > 0 && (kind > 0.85 || chance(0.5)) ? pick(others) : undefined;
    const wanted = pick([STATUSES, STATUSES.slice(1), STATUSES.slice(1, 2), STATUSES.slice(2)]);
    const step = activity({
      name,
      per,
      script: "make.sh",
      timeout: hours(1),
      worker: { instanceTypes: ["t3.micro"] },
      ...artifacts,
      ...(chance(0.3) && {
        runsWhen: per === "build" ? "predecessors-succeeded" : pick(["always", "predecessors-succeeded"]),
      }),
      ...(chance(0.6) && { testBuild: true }),
      ...(per === "version" &&
        chance(0.2) && { worksOn: ({ platforms }: Subject<"version">) => platforms.slice(0, 1) }),
      ...(looksAt !== undefined && {
        shouldRun: (asked: Asked) => lookAt(looksAt, asked, { wanted, isRule: kind < 0.5 }),
      }),
    } as never) as Activity;
    made.push(step);
    return step;
  };
  const several = (per: Per, depth: number): [Flow, ...Flow[]] => [
    flow(per, depth),
    ...(names < MOST_STEPS && chance(0.75) ? [flow(per, depth)] : []),
    ...(names < MOST_STEPS && chance(0.4) ? [flow(per, depth)] : []),
  ];
  const flow = (per: Per, depth: number): Flow => {
    const choice = depth === 0 || names >= MOST_STEPS ? 0 : next();
    if (choice < 0.4) return leaf(per);
    if (choice < 0.5) {
      names += 1;
      return sequence(approval({ name: `Approve${names}`, summary: "Whether it may go on" }), leaf(per));
    }
    if (choice < 0.8 && per === "version") return forEachPlatform(...several("platform", depth - 1));
    const branches = [0, 1].map(() => {
      names += 1;
      return sequence(`Branch${names}`, ...several(per, depth - 1));
    });
    return parallel(...branches);
  };
  const own = (): Flow[] => (chance(0.4) ? [flow("build", 1)] : []);
  const before = own();
  const body = several("version", 3);
  return definePipeline({
    name: "random",
    summary: `Seed ${seed}`,
    platforms: listedPlatforms({ url: (version) => `s3://scratch/${platformList(version).key}` }),
    flow: sequence(...before, forEachVersion(...body), ...own()),
    image: "/image",
    dummyScript: "dummy.sh",
    invalidates: [],
  });
}

/** One object, or one for each version of a build; a step of a platform may be asked for its version. */
function keysOf(name: string, per: Per, subject: Subject): string[] {
  if (subject.per === "build") return subject.versions.map((version) => `${name}/${version}`);
  const words = placeWords(placeOf(subject)).slice(0, per === "platform" ? 2 : 1);
  return [[name, ...words].join("/")];
}

/** What is asked of a step, whatever it is per. */
type Asked = Subject & { status: (of: unknown, ...where: string[]) => Promise<BuildStatus> };

/** Runs by how far another step has come, for all that the task is about. */
async function lookAt(
  other: Activity,
  asked: Asked,
  { wanted, isRule }: { wanted: readonly BuildStatus[]; isRule: boolean },
): Promise<Decision | undefined> {
  const found = await Promise.all(placesToAsk(other, asked).map((where) => asked.status(other, ...where)));
  const run = found.some((status) => wanted.includes(status));
  return run && isRule ? undefined : { run, reason: `${other.name}: ${found.join(", ") || "nothing"}` };
}

/** The words that narrow what a task is about to what the other step is per. */
function placesToAsk(other: Activity, asked: Asked): string[][] {
  switch (asked.per) {
    case "build":
      if (other.per === "build") return [[]];
      if (other.per === "version") return asked.versions.map((version) => [version]);
      return asked.versions.flatMap((version) => PLATFORMS.map((platform) => [version, platform]));
    case "version":
      if (other.per === "build") return [];
      return other.per === "version" ? [[]] : asked.platforms.map((platform) => [platform]);
    case "platform":
      return other.per === "build" ? [] : [[]];
  }
}
