import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { createMovement } from "./movement.ts";

/** Something that ends when it is told to. */
function gate(): { readonly opened: Promise<void>; open(): void } {
  let open = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open: () => open() };
}

const isIdle = async (movement: ReturnType<typeof createMovement>) => {
  let idle = false;
  const waiting = movement.idle().then(() => {
    idle = true;
  });
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
  return { idle, waiting };
};

test("work that is under way keeps the world moving, work that is parked does not", async () => {
  const movement = createMovement();
  const work = gate();
  const tracked = movement.track("work", () => work.opened);
  expect((await isIdle(movement)).idle).toBe(false);
  work.open();
  await tracked;
  expect((await isIdle(movement)).idle).toBe(true);

  const poll = gate();
  const parked = movement.track("request", () => movement.park(() => poll.opened));
  expect(movement).toMatchObject({ open: 1, parked: 1 });
  expect((await isIdle(movement)).idle).toBe(true);
  poll.open();
  await parked;
  expect(movement).toMatchObject({ open: 0, parked: 0 });
});

test("a function that waits for a long poll is parked with it, one beside it is not", async () => {
  const movement = createMovement();
  const poll = gate();
  const other = gate();
  const waiting = movement.track("function", () => movement.track("request", () => movement.park(() => poll.opened)));
  expect((await isIdle(movement)).idle).toBe(true);
  const beside = movement.track("beside", () => other.opened);
  expect((await isIdle(movement)).idle).toBe(false);
  other.open();
  poll.open();
  await Promise.all([waiting, beside]);
});

test("work that was only started by a request does not hold it up, nor park it", async () => {
  const movement = createMovement();
  const poll = gate();
  const request = gate();
  let background = Promise.resolve();
  const tracked = movement.track("request", () => {
    background = movement.detach(() => movement.track("agent", () => movement.park(() => poll.opened)));
    return request.opened;
  });
  expect((await isIdle(movement)).idle).toBe(false);
  request.open();
  await tracked;
  expect((await isIdle(movement)).idle).toBe(true);
  poll.open();
  await background;
});

test("files that are being read and child processes that run are movement", async () => {
  const movement = createMovement();
  let read = false;
  const reading = readFile(import.meta.filename).then(() => {
    read = true;
  });
  await movement.idle();
  expect(read).toBe(true);
  await reading;

  const child = spawn(process.execPath, ["-e", "process.stdin.resume()"]);
  await once(child, "spawn");
  expect((await isIdle(movement)).idle).toBe(false);
  await movement.idle({ childProcesses: "ignore" });
  child.stdin.end();
  await once(child, "exit");
  await movement.idle();
});
