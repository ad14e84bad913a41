import { expect, test } from "vitest";
import { stageForTests } from "../testing/stage-for-tests.ts";
import { parsePolicy } from "./parse-policy.ts";

test("a policy is told by its name, or by what it has otherwise", async () => {
  await using stage = await stageForTests();
  const parsed = (text: string) => parsePolicy(text, stage.pipeline);
  expect(parsed("default")).toEqual({ name: "default", system: "muster" });
  expect(parsed("predecessor")).toEqual({ name: "predecessor", system: "predecessor" });
  const text = "start-ahead=true, idle-seconds=120,spot=never,max-workers=4,types=MakePackage:r6i.large+r6a.large";
  expect(parsed(text)).toEqual({
    name: text,
    system: "muster",
    stage: { startAhead: true, idleSeconds: 120 },
    spot: "never",
    maxWorkers: 4,
    instanceTypes: { MakePackage: ["r6i.large", "r6a.large"] },
  });
});

test("what is no policy is refused by its name, with the nearest that is one", async () => {
  await using stage = await stageForTests();
  const refused = (text: string) => {
    try {
      return parsePolicy(text, stage.pipeline);
    } catch (error) {
      const { message, hint } = error as { message: string; hint?: string };
      return `${message} (${hint})`;
    }
  };
  expect(refused("defualt")).toBe('"defualt" is no policy and no setting of one (did you mean default?)');
  expect(refused("idle-second=60")).toContain("did you mean idle-seconds?");
  expect(refused("idle-seconds=soon")).toBe('"soon" is no value of idle-seconds (such as idle-seconds=60)');
  expect(refused("start-ahead=")).toBe('"" is no value of start-ahead (such as start-ahead=true)');
  expect(refused("spot=sometimes")).toContain("such as spot=never");
  expect(refused("max-workers=0")).toContain("such as max-workers=60");
  expect(refused("types=Nothing:t3.micro")).toContain("such as types=Step:");
});
