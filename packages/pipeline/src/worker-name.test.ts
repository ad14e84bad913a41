import { expect, test } from "vitest";
import { parseWorkerName, type WorkerName, workerName } from "./worker-name.ts";

test.each<[string, WorkerName]>([
  ["ww-0-MakeBinaryPackage", { state: "waiting", tasks: 0, subject: "MakeBinaryPackage" }],
  [
    "wa-1-MakeBinaryPackage-4.28.2-debian-11-bullseye",
    { state: "active", tasks: 1, subject: "MakeBinaryPackage-4.28.2-debian-11-bullseye" },
  ],
  [
    "ww-12-MakeBinaryPackage-4.28.2-debian-11-bullseye",
    { state: "waiting", tasks: 12, subject: "MakeBinaryPackage-4.28.2-debian-11-bullseye" },
  ],
  [
    "wa-1-Make-1:2.4~rc1+b1-3-debian-11-bullseye",
    { state: "active", tasks: 1, subject: "Make-1:2.4~rc1+b1-3-debian-11-bullseye" },
  ],
])("%s says what a worker does, and is read again", (name, worker) => {
  expect(workerName(worker)).toBe(name);
  expect(parseWorkerName(name)).toEqual(worker);
});

test.each(["", "bastion", "wx-1-Make", "ww--Make", "ww-1"])("%j is no worker's name", (name) => {
  expect(parseWorkerName(name)).toBeUndefined();
});

test("a name fits a tag's value", () => {
  expect(workerName({ state: "active", tasks: 1, subject: "x".repeat(300) })).toHaveLength(256);
});
