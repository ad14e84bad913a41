import { expect, test } from "vitest";
import { temporaryPlace } from "./temporary-place.ts";

test.each([
  { what: "memory with room", temporaryFiles: "/tmp", free: 2 ** 31, place: "/dev/shm" },
  { what: "the little memory of a container", temporaryFiles: "/tmp", free: 64 * 2 ** 20, place: "/tmp" },
  { what: "no such folder", temporaryFiles: "/tmp", free: 0, place: "/tmp" },
  { what: "a place that somebody named", temporaryFiles: "/var/scratch", free: 2 ** 31, place: "/var/scratch" },
])("what ends with its process lies in $place: $what", ({ temporaryFiles, free, place }) => {
  expect(temporaryPlace(temporaryFiles, () => free)).toBe(place);
});
