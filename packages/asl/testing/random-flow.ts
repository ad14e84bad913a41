import {
  activity,
  approval,
  definePipeline,
  type Flow,
  fixedPlatforms,
  forEachPlatform,
  forEachVersion,
  hours,
  type Per,
  type Pipeline,
  parallel,
  sequence,
} from "@muster/pipeline";

/** Numbers in [0, 1), the same for the same seed. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A pipeline of a shape that somebody may think of: sequences, parallels and maps in one another, up to four deep. */
export function randomPipeline(seed: number): Pipeline {
  const next = random(seed);
  const upTo = (count: number) => 1 + Math.floor(next() * count);
  let activities = 0;
  let sequences = 0;
  let approvals = 0;

  const leaf = (per: Per) => {
    activities += 1;
    return activity({
      name: `Make${activities}`,
      per,
      script: "make.sh",
      timeout: hours(1),
      worker: { instanceTypes: ["t3.micro"] },
    });
  };
  /** A step, for which now and then somebody is asked. */
  const step = (per: Per): Flow => {
    if (next() < 0.85) return leaf(per);
    approvals += 1;
    return sequence(approval({ name: `Approve${approvals}`, summary: "Whether it may go on" }), leaf(per));
  };
  const named = (...steps: [Flow, ...Flow[]]) => {
    sequences += 1;
    return sequence(`Branch${sequences}`, ...steps);
  };
  const several = (per: Per, depth: number): [Flow, ...Flow[]] => [
    flow(per, depth),
    ...Array.from({ length: upTo(3) - 1 }, () => flow(per, depth)),
  ];
  const flow = (per: Per, depth: number): Flow => {
    const choice = depth === 0 ? 0 : next();
    if (choice < 0.4) return step(per);
    if (choice < 0.55) return named(...several(per, depth - 1));
    if (choice < 0.65) return sequence(...several(per, depth - 1));
    if (choice < 0.8 && per === "version") return forEachPlatform(...several("platform", depth - 1));
    // A parallel right inside a parallel would make its name that of all their branches, which soon is longer than AWS takes.
    return parallel(...several(per, depth - 1).map((branch) => (branch.kind === "parallel" ? named(branch) : branch)));
  };

  /** None, or a few, of the build's own steps. */
  const own = (): Flow[] => (next() < 0.5 ? [] : several("build", 2));

  return definePipeline({
    name: "random",
    summary: `Seed ${seed}`,
    platforms: fixedPlatforms("debian-12-bookworm", "ubuntu-24.04-noble"),
    flow: sequence(...own(), forEachVersion(...several("version", 4)), ...own()),
    image: "/image",
    dummyScript: "dummy.sh",
    invalidates: [],
  });
}
