import { expect, test } from "vitest";
import { taskTokens } from "./task-token.ts";

const content = {
  executionArn: "arn:aws:states:us-east-1:111111111111:execution:m:a-name",
  frameId: 3,
  scheduledId: 1234,
};

test("a token says what it was made for, and the same secret makes it again", () => {
  const token = taskTokens("secret").create(content);
  expect(taskTokens("secret").read(token)).toEqual(content);
  expect(taskTokens("secret").create(content)).toBe(token);
});

test("attempts, branches and executions have tokens of their own", () => {
  const { create } = taskTokens("secret");
  const tokens = [
    content,
    { ...content, scheduledId: 1235 },
    { ...content, frameId: 4 },
    { ...content, executionArn: `${content.executionArn}x` },
  ].map(create);
  expect(new Set(tokens).size).toBe(4);
});

test("a token of another secret, or one that was changed, is none", () => {
  const { create, read } = taskTokens("secret");
  const token = create(content);
  expect(taskTokens("other").read(token)).toBeUndefined();
  for (let position = 0; position < token.length; position++) {
    const changed = token[position] === "A" ? "B" : "A";
    expect(read(token.slice(0, position) + changed + token.slice(position + 1))).toBeUndefined();
  }
  expect(read(`${token}.more`)).toBeUndefined();
});
