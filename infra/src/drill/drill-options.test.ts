import { expect, test } from "vitest";
import { drillOptions } from "./drill-options.ts";

const stages = ["hhvm", "staging"];
const problemOf = (...args: string[]) => {
  try {
    drillOptions(args, stages);
  } catch (error) {
    return error;
  }
  return undefined;
};

test("a drill does all its steps, or those that are named, in their own order; words after -- are its builds'", () => {
  expect(drillOptions(["staging"], stages)).toEqual({
    stage: "staging",
    steps: ["build", "killed-worker", "spot-interruption", "lost-event", "reaper", "teardown"],
    spotRole: undefined,
    json: false,
    words: [],
  });
  const role = "arn:aws:iam::111122223333:role/fault-injection";
  expect(
    drillOptions(["staging", "teardown", "build", "--json", `--spot-role=${role}`, "--", "1.2.3", "--force"], stages),
  ).toEqual({
    stage: "staging",
    steps: ["build", "teardown"],
    spotRole: role,
    json: true,
    words: ["1.2.3", "--force"],
  });
});

test.each([
  [[], "drill needs a stage", "stages.ts has hhvm, staging"],
  [["staging", "repaer"], 'a drill has no step "repaer"', "did you mean reaper?"],
  [["staging", "--jsno"], "drill has no option --jsno", "did you mean --json?"],
  [
    ["staging", "--spot-role", "admin"],
    "--spot-role must be a role's ARN, not admin",
    "arn:aws:iam::111122223333:role/fault-injection",
  ],
])("drill %j is refused", (args, message, hint) => {
  expect(problemOf(...args)).toMatchObject({ message, hint });
});
