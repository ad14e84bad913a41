import * as z from "zod";

/** By instance id: who the reaper ends in its next cycle where nothing has changed by then, and who has had no task since. */
export const ReaperMarks = z.record(
  z.string(),
  z.object({
    markedAt: z.string(),
    why: z.string(),
    /** Of a machine that is only watched: how it has looked since then, without a task. */
    still: z.string().optional(),
  }),
);
export type ReaperMarks = z.infer<typeof ReaperMarks>;
