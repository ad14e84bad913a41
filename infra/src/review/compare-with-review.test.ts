import { expect, test } from "vitest";
import { gitHub } from "../../testing/git-hub.ts";
import { compareWithReview } from "./compare-with-review.ts";
import { Plan, summarisePlan } from "./summarise-plan.ts";

const commit = "0123456789abcdef0123";
const at = { stage: "prod", commit };
const plan = (timeout: number) =>
  Plan.parse({
    resource_changes: [
      {
        address: "aws_lambda_function.a",
        type: "aws_lambda_function",
        change: { actions: ["update"], before: { timeout: 5 }, after: { timeout } },
      },
    ],
  });
/** GitHub as it is after #7 was merged, its plan made of another commit. */
const merged = (shown: Plan, login = "github-actions[bot]") => ({
  comments: [{ id: 1, body: summarisePlan(shown, { stage: "prod", commit: "fedcba9876543210" }), user: { login } }],
  answers: { [`/commits/${commit}/pulls`]: [{ number: 7, merged_at: "2026-11-25T09:00:00Z" }] },
});

test("a plan that the pull request showed is called that, whichever commit it was made of", async () => {
  await using hub = await gitHub(merged(plan(6)));
  expect(await compareWithReview(summarisePlan(plan(6), at), at, hub.place)).toBe("This is the plan that #7 showed.");
});

test("a plan that differs in a value that no summary shows is called another", async () => {
  await using hub = await gitHub(merged(plan(6)));
  expect(await compareWithReview(summarisePlan(plan(7), at), at, hub.place)).toContain(
    "**This is not the plan that #7 showed**",
  );
});

test("a plan that somebody copied into a comment counts as none", async () => {
  await using hub = await gitHub(merged(plan(6), "someone"));
  expect(await compareWithReview(summarisePlan(plan(6), at), at, hub.place)).toContain("#7 showed none of `prod`");
});

test("a commit without a merged pull request has a plan that nobody has seen", async () => {
  for (const pulls of [[], [{ number: 7, merged_at: null }]]) {
    await using hub = await gitHub({ answers: { [`/commits/${commit}/pulls`]: pulls } });
    expect(await compareWithReview(summarisePlan(plan(6), at), at, hub.place)).toContain(
      "**Nobody has seen this plan yet**: 0123456789ab came from no pull request",
    );
  }
});
