import { InvalidInputError } from "@muster/pipeline";
import { expect, test } from "vitest";
import * as z from "zod";
import { examplePipeline } from "../test/example-pipeline.ts";
import { exampleStage } from "../test/example-stage.ts";
import { handler } from "./handler.ts";
import { jsonLog, silentLog } from "./log.ts";

const pipeline = examplePipeline();
const context = { pipeline, stage: exampleStage(pipeline), clients: {}, now: () => new Date(0), log: silentLog };

test("an event that is not what the function expects is refused by field, and never retried", async () => {
  const greet = handler("ParseInput", { input: z.object({ name: z.string() }) }, async ({ name }) => name);
  const refusal = await greet.run({ name: 7 }, context).catch((error: unknown) => error);
  expect(refusal).toMatchObject({ name: "Muster.InvalidInput" });
  expect((refusal as Error).message).toMatch(/^ParseInput got an event that it cannot read: name: /);
});

test("an error leaves with its name, its hint and no stack", async () => {
  const fail = handler("ParseInput", { input: z.unknown() }, async () => {
    throw new InvalidInputError("no such thing", { hint: "name another" });
  });
  const error = (await fail.run({}, context).catch((thrown: unknown) => thrown)) as Error;
  expect([error.name, error.message, error.stack]).toEqual([
    "Muster.InvalidInput",
    "no such thing (name another)",
    "Muster.InvalidInput",
  ]);
});

test("what AWS denies is a matter of configuration", async () => {
  const denied = Object.assign(new Error("not allowed"), { name: "AccessDeniedException" });
  const fail = handler("ParseInput", { input: z.unknown() }, async () => Promise.reject(denied));
  await expect(fail.run({}, context)).rejects.toMatchObject({ name: "Muster.InvalidConfiguration" });
});

test("the stack of an unexpected error is in the log instead", async () => {
  const lines: string[] = [];
  const fail = handler("ParseInput", { input: z.unknown() }, async () => Promise.reject(new TypeError("oops")));
  await fail.run({}, { ...context, log: jsonLog((line) => lines.push(line)) }).catch(() => {});
  expect(lines.map((line) => JSON.parse(line))).toEqual([
    {
      level: "error",
      message: "function failed",
      function: "ParseInput",
      error: "TypeError",
      reason: "oops",
      stack: expect.stringContaining("handler.test.ts"),
    },
  ]);
});
