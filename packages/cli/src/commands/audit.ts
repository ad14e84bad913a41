import { command } from "../command.ts";

export default command({
  name: "audit",
  summary: "Compare machines, builds, leases and records, and name what is left over: 0 orphans",
  args: {},
  examples: ["audit", "audit --stage production", "audit --json"],
  run: async (_values, context) => (await import("../audit/show-audit.ts")).showAudit(context),
});
