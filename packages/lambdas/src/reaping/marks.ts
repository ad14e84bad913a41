import * as z from "zod";

/** Who the reaper ends in its next cycle where nothing has changed by then, by instance id. */
export const ReaperMarks = z.record(z.string(), z.object({ markedAt: z.string(), why: z.string() }));
