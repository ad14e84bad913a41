import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { runUntil, virtualClock } from "@muster/local";
import { expect, test } from "vitest";
import { failure, pass, runOneTask } from "../../testing/run-one-task.ts";
import { smallDisk } from "../../testing/small-disk.ts";
import { testStage } from "../../testing/test-stage.ts";
import { startInProcess } from "../../testing/worker-in-process.ts";

test("a script that forks daemons and exits with 0 has succeeded, and nothing of it survives", async () => {
  await using stage = await testStage();
  const { ending, lines, left } = await runOneTask(
    stage,
    "setsid sleep 1000 & (setsid sleep 1000 >/dev/null 2>&1 </dev/null &); sleep 1000 & sleep 0.2; echo done",
  );
  expect(ending.status).toBe("SUCCEEDED");
  expect(lines).toContain("done");
  expect(lines).toEqual(expect.arrayContaining([expect.stringMatching(/^muster: ended \d processes that the script/)]));
  expect(left).toEqual([]);
});

test("binary output arrives as readable lines", async () => {
  await using stage = await testStage();
  const { ending, lines } = await runOneTask(stage, `head -c 300000 /dev/urandom; printf '\\n\\377\\000end\\n'`);
  expect(ending.status).toBe("SUCCEEDED");
  expect(lines).toContain("\\xff\\x00end");
});

test("a script that closes its output and then fails has failed", async () => {
  await using stage = await testStage();
  const { ending, lines } = await runOneTask(stage, "echo first; exec >&- 2>&-; sleep 0.1; exit 6");
  expect(ending).toEqual(failure("Muster.ScriptFailed", { exit: 6 }));
  expect(lines).toContain("first");
});

test("a failed script's cause holds the line of its log that tells why", async () => {
  await using stage = await testStage();
  const { ending } = await runOneTask(
    stage,
    'echo "$PWD/a.c:1:20: error: no semicolon"; echo "make: *** [all] Error 2"; exit 2',
  );
  expect(ending).toEqual(failure("Muster.ScriptFailed", { exit: 2, line: "a.c:1:20: error: no semicolon" }));
});

test("what the shell says of a script names the script, and not where it was fetched to", async () => {
  await using stage = await testStage();
  const { ending } = await runOneTask(stage, "no-such-command");
  const line = expect.stringMatching(/^[\w-]+\.sh: line 2: no-such-command: command not found$/);
  expect(ending).toEqual(failure("Muster.ScriptFailed", { exit: 127, line }));
});

test("a failed script that printed nothing like an error has its last line there, and the agent's are none", async () => {
  await using stage = await testStage();
  const { ending, lines } = await runOneTask(stage, "echo no tarball of 1.2.3; echo; sleep 1000 & sleep 0.2; exit 1");
  expect(lines.at(-2)).toMatch(/^muster: ended /);
  expect(ending).toEqual(failure("Muster.ScriptFailed", { exit: 1, line: "no tarball of 1.2.3" }));
});

test.each([
  ["as it is", 'echo "error: cannot log in with $DEPLOY_TOKEN"'],
  ["in a second line", "printf 'error: x\\n%s' \"$DEPLOY_TOKEN\""],
  ["coloured in the middle", `printf 'error: cannot log in with very-\\033[1msecret-value\\n'`],
  ["of a vendor's kind, coloured", `printf 'error: cannot log in with ghp_\\033[1mverysecretvalue0123456789abcdef\\n'`],
])("a secret %s in that line does not reach the cause", async (_, script) => {
  await using stage = await testStage();
  const task = { env: { VERSION: "1", DEPLOY_TOKEN: "very-secret-value" } };
  const { ending } = await runOneTask(stage, `${script}; exit 3`, { task });
  expect(ending.cause).toMatchObject({ exit: 3, line: expect.stringMatching(/^error: /) });
  expect(JSON.stringify(ending)).not.toMatch(/very-?secret-?value|secretvalue/);
});

test("a script that a signal ended was killed, not failed", async () => {
  await using stage = await testStage();
  const { ending } = await runOneTask(stage, "kill -KILL $$");
  expect(ending).toEqual(failure("Muster.ScriptKilled", { exit: "SIGKILL" }));
});

test("a script that fills its disk fails by itself, with every line of its log", async ({ skip }) => {
  await using stage = await testStage();
  using disk = smallDisk(join(stage.folder, "small-disk"), "8m");
  if (disk === undefined) return skip("a small disk needs the right to mount one");
  const script = "dd if=/dev/zero of=big bs=1M 2>/dev/null || echo full; seq 150000; exit 4";
  const { ending, lines } = await runOneTask(stage, script, { root: disk.root });
  expect(ending).toEqual(failure("Muster.ScriptFailed", { exit: 4 }));
  expect(lines.slice(1, 3)).toEqual(["full", "1"]);
  expect(lines.filter((line) => /^\d+$/.test(line)).length).toBe(150_000);
});

test("a script that prints nothing for an hour goes on, and keeps its task by heartbeats", async () => {
  const clock = virtualClock();
  const heartbeats: number[] = [];
  await using stage = await testStage({
    clock,
    onCall: ({ operation }) => operation === "SendTaskHeartbeat" && heartbeats.push(clock.now()),
  });
  const go = join(stage.folder, "go");
  const worker = await startInProcess(stage, {
    script: `echo quiet; until [ -e ${go} ]; do sleep 0.05; done; echo loud`,
  });
  const task = await stage.publish({ heartbeatSeconds: 300, timeoutSeconds: 7200 });
  await runUntil(stage.aws, clock, async () => (await stage.stateKeys("claims/")).length === 1, {
    childProcesses: "ignore",
  });
  await pass(stage, clock, 3_600_000);
  expect(heartbeats.length).toBeGreaterThanOrEqual(35);
  expect(heartbeats.length).toBeLessThanOrEqual(37);
  writeFileSync(go, "");
  expect(await task.ended).toMatchObject({
    status: "SUCCEEDED",
    output: { time_sec: expect.stringMatching(/^3[67]\d\d$/) },
  });
  worker.stop("over");
  await runUntil(stage.aws, clock, worker.ended);
  expect(await stage.logLines(worker.instanceId)).toEqual(expect.arrayContaining(["quiet", "loud"]));
});

test("secrets of the task and its token reach neither log nor environment nor disk", async () => {
  await using stage = await testStage();
  const { lines, ending } = await runOneTask(
    stage,
    'env; echo "key $DEPLOY_TOKEN"; grep -rs "token" "$(dirname "$MUSTER_RESULT")/../../state" && echo found; true',
    { task: { env: { VERSION: "1", DEPLOY_TOKEN: "very-secret-value" } } },
  );
  expect(ending.status).toBe("SUCCEEDED");
  expect(lines.join("\n")).not.toContain("very-secret-value");
  expect(lines).toContain("key [masked]");
  expect(lines).not.toContain("found");
});
