import { expect, test } from "vitest";
import { type LogMarker, logMarker, parseLogMarker } from "./log-marker.ts";

const marker: LogMarker = {
  kind: "end",
  task: "MakeBinaryPackage-4.28.2-ubuntu-18.04-bionic",
  build: "4.28.2_jane_2026-11-24_10-15",
  attempt: "2026-11-24T10:15:30.123Z",
  details: "Muster.ScriptFailed, exit 3, after 12 s",
};

test("a marker holds the task's name and reads back as it was written", () => {
  expect(logMarker(marker)).toContain(marker.task);
  expect(parseLogMarker(logMarker(marker))).toEqual(marker);
  const odd = { ...marker, task: "Make-1:2.4~rc1+b1-3-debian-12-bookworm" };
  expect(parseLogMarker(logMarker(odd))).toEqual(odd);
  const { details: _, ...bare } = { ...marker, kind: "start" as const };
  expect(parseLogMarker(logMarker(bare))).toEqual(bare);
});

test("any other line is no marker", () => {
  for (const line of [
    "",
    "make: done",
    ` ${logMarker(marker)}`,
    "=== muster: start",
    "=== muster: begin a build b attempt c",
  ]) {
    expect(parseLogMarker(line)).toBeUndefined();
  }
});
