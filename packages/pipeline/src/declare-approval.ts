import type { Approval, ApprovalDefinition } from "./approval.ts";
import { checkedApproval } from "./definition-answers.ts";
import { days } from "./duration.ts";

/** Declares that a build waits here until somebody says `muster approve`; it stands in a flow before what it is about. */
export function approval(definition: ApprovalDefinition): Approval {
  return checkedApproval({ timeout: days(3), ...definition, kind: "approval" });
}
