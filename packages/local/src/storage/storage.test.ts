import { existsSync } from "node:fs";
import { expect, test } from "vitest";
import { openStorage } from "./storage.ts";

test("a temporary folder goes when its storage is closed, and does not come again", async () => {
  const listeners = process.listenerCount("exit");
  const storage = openStorage({ owner: true, onDamaged() {} });
  const { dir } = storage;
  expect(existsSync(dir)).toBe(true);
  await storage.close();
  expect(existsSync(dir)).toBe(false);
  expect(() => storage.dir).toThrow("this AWS has been closed");
  expect(process.listenerCount("exit")).toBe(listeners);
});
