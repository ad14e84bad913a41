import { expect, test } from "vitest";
import type { ActivityDefinition } from "./activity.ts";
import { activity } from "./declare-activity.ts";
import { mayTouch } from "./may-touch.ts";
import { downloads, scratch } from "./s3-object.ts";
import type { Task } from "./tasks-of.ts";

const taskWith = (more: Partial<ActivityDefinition<"version">>): Task => ({
  activity: activity({
    name: "Make",
    per: "version",
    script: "make.sh",
    timeout: 600,
    worker: { instanceTypes: ["t3.micro"] },
    ...more,
  }),
  subject: { per: "version", version: "1.2.3", platforms: [], buildPlatforms: [] },
});

test("without access a task writes what it produces and publishes, and nothing else", () => {
  const task = taskWith({
    produces: ({ version }) => [scratch(`${version}.tar`)],
    publishes: ({ version }) => [downloads(`source/${version}.tar`)],
  });
  expect(mayTouch(task, "writes", scratch("1.2.3.tar"))).toBe(true);
  expect(mayTouch(task, "writes", downloads("source/1.2.3.tar"))).toBe(true);
  expect(mayTouch(task, "writes", scratch("1.2.3.tar.asc"))).toBe(false);
  expect(mayTouch(task, "writes", downloads("1.2.3.tar"))).toBe(false);
  expect(mayTouch(task, "reads", scratch("1.2.3.tar"))).toBe(false);
  expect(mayTouch(task, "deletes", scratch("1.2.3.tar"))).toBe(false);
});

test("what access says are beginnings of keys, and all that there is", () => {
  const task = taskWith({
    produces: ({ version }) => [scratch(`${version}.tar`)],
    access: { writes: ({ version }) => [downloads(`pool/${version}/`)], reads: [scratch("cache/")], deletes: [] },
  });
  expect(mayTouch(task, "writes", downloads("pool/1.2.3/a.deb"))).toBe(true);
  expect(mayTouch(task, "writes", downloads("pool/1.2.4/a.deb"))).toBe(false);
  expect(mayTouch(task, "writes", scratch("1.2.3.tar"))).toBe(false);
  expect(mayTouch(task, "reads", scratch("cache/a"))).toBe(true);
  expect(mayTouch(task, "reads", downloads("cache/a"))).toBe(false);
  expect(mayTouch(task, "deletes", scratch("cache/a"))).toBe(false);
});
