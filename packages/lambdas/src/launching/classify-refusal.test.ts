import { expect, test } from "vitest";
import { classifyRefusal } from "./classify-refusal.ts";

test.each([
  ["InsufficientInstanceCapacity", "capacity"],
  ["Unsupported", "capacity"],
  ["VcpuLimitExceeded", "quota"],
  ["MaxSpotInstanceCountExceeded", "quota"],
  ["RequestLimitExceeded", "throttling"],
  ["InternalError", "throttling"],
  ["UnauthorizedOperation", "configuration"],
  ["InvalidLaunchTemplateName.NotFoundException", "configuration"],
  ["toString", "configuration"],
])("%s is a matter of %s", (code, refusal) => {
  expect(classifyRefusal(code)).toBe(refusal);
});
