import { expect, test } from "vitest";
import { bootRelease } from "../../boot/boot-release.ts";
import { bootUnit } from "../../boot/boot-unit.ts";
import { missingForBoot } from "../../boot/requirements.ts";

test("the user data boots a bare Debian, which processes tasks and turns itself off", { timeout: 900_000 }, ({
  skip,
}) => {
  const missing = missingForBoot();
  if (missing !== undefined) return skip(`no machine is booted: ${missing}`);
  const outcome = bootRelease("bookworm");
  expect(outcome).toMatchObject({
    first: { status: "SUCCEEDED", output: { ec2: outcome.instanceId } },
    second: { status: "FAILED", error: "Muster.ScriptFailed", cause: { ec2: outcome.instanceId, exit: 3 } },
    code: "0",
    cleaned: "cleaned\n",
  });
  expect(outcome.power[0]).toContain("-h +10");
  const printed = outcome.lines.filter((line) => !line.startsWith("=== muster: "));
  expect(printed).toEqual(["built 1.2.3 on debian", "built 1.2.4 on debian"]);
});

test.for([
  ["is done", "exit 0", 1],
  ["crashes twice, and then is done", '[ "$start" = 1 ] && exit 1; [ "$start" = 2 ] && kill -KILL $$; exit 0', 3],
  ["crashes again and again", "exit 1", 5],
] as const)(
  "systemd turns off the machine of an agent that %s, not before",
  { timeout: 900_000 },
  ([, agent, starts], { skip }) => {
    const missing = missingForBoot();
    if (missing !== undefined) return skip(`no machine is booted: ${missing}`);
    expect(bootUnit("bookworm", agent)).toBe(starts);
  },
);
