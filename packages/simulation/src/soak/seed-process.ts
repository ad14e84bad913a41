import { soakSeed } from "./soak-seed.ts";

/** Runs the seeds that its parent sends it, one after the other, until it is sent no more, or its parent is gone. */
process.on("message", (seed: number) => {
  void soakSeed(seed).then((soaked) => process.send?.(soaked));
});
process.once("disconnect", () => process.exit());
