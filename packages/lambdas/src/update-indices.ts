import { fixedState, ResultsEvent } from "@muster/pipeline";
import { handler } from "./handler.ts";
import { type PagesReport, writePages } from "./indices/write-pages.ts";

/** Passes over the bucket when another build publishes at the same time: each pass lists again. */
const MAX_PASSES = 3;

/** Makes the downloads browsable: one page a folder, rewritten only where something changed. */
export const updateIndices = handler(
  fixedState.updateIndices,
  { input: ResultsEvent, uses: ["s3"] },
  async ({ execution }, { pipeline, stage, clients, log }): Promise<PagesReport> => {
    const options = { bucket: stage.buckets.downloads, prefixes: pipeline.indexes ?? [""], title: pipeline.name };
    let report = await writePages(clients.s3, options);
    for (let pass = 1; pass < MAX_PASSES && report.overtaken > 0; pass++) {
      const again = await writePages(clients.s3, options);
      report = { ...again, written: report.written + again.written };
    }
    log.info("index pages", { build: execution.name, ...report });
    return report;
  },
);
