import { badDay } from "../faults/bad-day.ts";
import { runSeed } from "../run-seed.ts";
import { soakPipeline } from "../soak-pipeline.ts";

/** `node print-digest.ts <seed>`: what that seed's history is known by. */
const seed = Number(process.argv[2]);
const { digest } = await runSeed(seed, { pipeline: soakPipeline, versions: ["1.0.0", "1.1.0"], ...badDay(seed) });
console.log(digest);
