import type * as z from "zod";

/** The first problems of a value that is not what its schema says, in one line. */
export function describeIssues({ issues }: z.ZodError): string {
  const lines = issues.slice(0, 3).map(({ path, message }) => `${path.join(".") || "the value"}: ${message}`);
  return issues.length > 3 ? `${lines.join("; ")}; and ${issues.length - 3} more` : lines.join("; ");
}
