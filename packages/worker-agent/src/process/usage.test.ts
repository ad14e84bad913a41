import { join } from "node:path";
import { expect, test } from "vitest";
import { runOneTask } from "../../testing/run-one-task.ts";
import { smallDisk } from "../../testing/small-disk.ts";
import { testStage } from "../../testing/test-stage.ts";

/** Longer than from one look at a script's memory to the next. */
const LOOKED_AT_SECONDS = 2.5;

const python = (program: string) => `python3 -c '${program}'`;

test("a script's output tells the CPU time that it took, and memory that it had only for a moment", async () => {
  await using stage = await testStage();
  const { ending } = await runOneTask(
    stage,
    python(`
import time
held = bytearray(200 * 10**6)
del held
while time.process_time() < 0.5: pass
time.sleep(${LOOKED_AT_SECONDS})`),
  );
  const { cpu_sec, memory_mb } = ending.output as Record<string, number>;
  expect(cpu_sec).toBeGreaterThanOrEqual(0.5);
  expect(cpu_sec).toBeLessThan(5);
  expect(memory_mb).toBeGreaterThanOrEqual(200);
  expect(memory_mb).toBeLessThan(300);
});

test("a script's output tells how full it made the disk, also when it has tidied up", async ({ skip }) => {
  await using stage = await testStage();
  using disk = smallDisk(join(stage.folder, "disk"), "100m");
  if (disk === undefined) return skip("a disk of its own needs the right to mount one");
  const { ending } = await runOneTask(stage, "head -c 50000000 /dev/zero >big; sleep 0.7; rm big", { root: disk.root });
  const { disk_mb } = ending.output as Record<string, number>;
  expect(disk_mb).toBeGreaterThanOrEqual(50);
  expect(disk_mb).toBeLessThan(55);
});

test("what a script's children held in sessions of their own counts where it runs in a room", async ({ skip }) => {
  if (process.getuid?.() !== 0) return skip("rooms need root");
  await using stage = await testStage();
  // Each may begin a second and a half after the other.
  const hold = python(`import time; held = bytearray(100 * 10**6); time.sleep(${LOOKED_AT_SECONDS + 1.5})`);
  const { ending } = await runOneTask(stage, `setsid -w ${hold} & setsid -w ${hold} & wait`, { owned: false });
  const { memory_mb } = ending.output as Record<string, number>;
  expect(memory_mb).toBeGreaterThanOrEqual(200);
  expect(memory_mb).toBeLessThan(300);
});

test("CPU time that nobody waited for counts where it runs in a room: of orphans, of the killed, and of what is still there", async ({
  skip,
}) => {
  if (process.getuid?.() !== 0) return skip("rooms need root");
  await using stage = await testStage();
  const { ending } = await runOneTask(
    stage,
    `
mkfifo ended; exec 3<>ended
burn() { perl -e '($user, $system) = times until $user + $system >= 1'; echo >&3; }
export -f burn
(burn &)
(burn & kill -KILL $BASHPID)
(setsid bash -c "burn; exec sleep 1000" >/dev/null 2>&1 </dev/null &)
for one in orphan killed daemon; do read <&3; done`,
    { owned: false },
  );
  const { cpu_sec } = ending.output as Record<string, number>;
  expect(cpu_sec).toBeGreaterThanOrEqual(3);
  expect(cpu_sec).toBeLessThan(3.9);
});
