import { describe, expect, test } from "vitest";
import { scriptBench } from "../testing/script-bench.ts";

describe("dummy-task.sh", () => {
  test("sleeps as long as it is told", async () => {
    await using bench = await scriptBench();
    await bench.play("sleep");
    const env = { MUSTER_TASK: "MakeSourceTarball-4.28.2" };
    expect((await bench.run("dummy-task.sh", { ...env, MUSTER_DUMMY_SECONDS: "2" })).output).toContain("sleeps 2 s");
    for (let time = 0; time < 5; time++) await bench.run("dummy-task.sh", env);
    const [two, ...others] = (await bench.calls()).map((call) => Number(call.replace("sleep ", "")));
    expect(two).toBe(2);
    for (const seconds of others) expect([seconds >= 10, seconds <= 40]).toEqual([true, true]);
  });

  test.each(["40-10", "soon", "-1"])("refuses %s", async (range) => {
    await using bench = await scriptBench();
    const { code, output } = await bench.run("dummy-task.sh", { MUSTER_DUMMY_SECONDS: range });
    expect(code).toBe(2);
    expect(output).toContain(`MUSTER_DUMMY_SECONDS=${range}`);
  });
});
