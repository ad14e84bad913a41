import { distributedState, listSteps, mapState, normalizeResults, type TaskInput } from "@muster/pipeline";
import { expect, test } from "vitest";
import { machineWorld } from "./machine-world.ts";
import { largePipeline } from "./scale/large-build.ts";

const pipeline = largePipeline({ platforms: 3 });

const work = ({ name }: TaskInput) =>
  name === "Test-1.1.0-debian-3-x"
    ? { seconds: 60, error: "TestBuildNoRetry", line: "1 of 7 tests failed" }
    : { seconds: 120 };

/** Instances have other names in each world. */
const withoutInstances = (text = "") => text.replaceAll(/i-[0-9a-f]{17}/g, "i-");

test("a large build's platforms have executions of their own, and it ends as a small one does", async () => {
  const run = async (mostTasks: number) => {
    await using world = await machineWorld(pipeline, { work, mostTasks });
    const { message, ...build } = await world.build("1.0.0 1.1.0");
    return { ...build, message: withoutInstances(message), tasks: world.worked.map(({ task }) => task).sort() };
  };
  const small = await run(16);
  const large = await run(15);
  const map = distributedState.of(mapState.platform);
  expect(small.states).not.toContain(map);
  expect(large.states.filter((name) => name === map)).toHaveLength(2);
  expect(large.tasks).toEqual(small.tasks);
  expect({ ...large, events: 0 }).toMatchObject({
    status: "FAILED",
    message: small.message,
    seconds: small.seconds,
  });
  // Of what went well one of each step, and all that failed.
  const of = (results: unknown) =>
    listSteps(normalizeResults(results)).map(({ result, ...at }) => ({ ...at, failed: "failure" in result }));
  expect(of(small.results)).toEqual(expect.arrayContaining(of(large.results)));
  expect(of(large.results).filter(({ failed }) => failed)).toEqual(of(small.results).filter(({ failed }) => failed));
  expect(of(large.results)).toHaveLength(2 * 4 + 1);
});

test("a machine that is lost in a large build is missed, and another one takes its task", async () => {
  let lost = 0;
  await using world = await machineWorld(pipeline, {
    work: ({ name }, attempt) => {
      if (name !== "Package-1.0.0-debian-2-x" || attempt > 1) return { seconds: 60 };
      lost++;
      return "lost";
    },
    mostTasks: 1,
  });
  const { status } = await world.build("1.0.0");
  expect({ status, lost }).toEqual({ status: "SUCCEEDED", lost: 1 });
  expect(world.worked.filter(({ task }) => task === "Package-1.0.0-debian-2-x")).toHaveLength(2);
});
