import { expect, test } from "vitest";
import { gitHub } from "../../testing/git-hub.ts";
import { updateComment } from "./update-comment.ts";

const workflows = { login: "github-actions[bot]" };
const person = { login: "someone" };

test("a plan's comment is written once, and updated in place after that", async () => {
  await using hub = await gitHub({ comments: [{ id: 1, body: "nice", user: person }] });
  expect(await updateComment("<!-- m -->\nfirst", "<!-- m -->", hub.place)).toBe("created");
  expect(await updateComment("<!-- m -->\nsecond", "<!-- m -->", hub.place)).toBe("updated");
  expect(hub.comments.map(({ body }) => body)).toEqual(["nice", "<!-- m -->\nsecond"]);
});

test("it is found behind a hundred other comments", async () => {
  const comments = Array.from({ length: 130 }, (_, index) => ({
    id: index + 1,
    body: index === 120 ? "<!-- m -->" : "talk",
    user: workflows,
  }));
  await using hub = await gitHub({ comments });
  expect(await updateComment("<!-- m -->\nnew", "<!-- m -->", hub.place)).toBe("updated");
  expect(hub.comments[120]?.body).toBe("<!-- m -->\nnew");
});

test("a marker in somebody else's comment is not taken for the plan's", async () => {
  await using hub = await gitHub({ comments: [{ id: 1, body: "<!-- m -->\nlooks harmless", user: person }] });
  expect(await updateComment("<!-- m -->\nthe plan", "<!-- m -->", hub.place)).toBe("created");
  expect(hub.comments.map(({ body }) => body)).toEqual(["<!-- m -->\nlooks harmless", "<!-- m -->\nthe plan"]);
});

test("GitHub's refusal is one line with the remedy", async () => {
  await using hub = await gitHub({ refuse: true });
  await expect(updateComment("x", "x", hub.place)).rejects.toMatchObject({
    message: "GitHub answered GET /repos/o/r/issues/7/comments with 403",
    hint: "the workflow's token needs pull-requests: read",
  });
});
