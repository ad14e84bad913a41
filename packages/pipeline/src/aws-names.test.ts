import { expect, test } from "vitest";
import {
  awsName,
  fitName,
  instanceOfPollName,
  kebab,
  stagePrefix,
  workerLogGroup,
  workerLogStream,
  workerPollName,
} from "./aws-names.ts";

test.each([
  ["MakeSourceTarball", "make-source-tarball"],
  ["MakeBinaryPackage", "make-binary-package"],
  ["HTTPServer", "http-server"],
  ["ServeHTTP", "serve-http"],
  ["MakeX86Package", "make-x86-package"],
  ["Make", "make"],
])("%s is %s on AWS", (name, expected) => {
  expect(kebab(name)).toBe(expected);
});

test.each([
  ["hhvm", "hhvm-make-binary-package"],
  ["local", "hhvm-make-binary-package"],
  ["staging", "staging-hhvm-make-binary-package"],
])("on stage %s a queue is called %s", (stage, expected) => {
  expect(awsName(stage, { name: "hhvm" }, "MakeBinaryPackage")).toBe(expected);
});

test.each([
  ["hhvm", ""],
  ["local", ""],
  ["staging", "staging-"],
])("stage %s puts %j before the names that a definition chooses", (stage, prefix) => {
  expect(stagePrefix(stage, { name: "hhvm" })).toBe(prefix);
});

test("a name that is too long is cut to AWS's limit, and two that differ stay two", () => {
  const stage = "a".repeat(30);
  const names = ["A", "B"].map((last) => awsName(stage, { name: "b".repeat(20) }, `${"Make".repeat(10)}${last}`));
  for (const name of names) expect(name.length).toBeLessThanOrEqual(80);
  expect(names[0]).not.toBe(names[1]);
});

test("a name is cut neither where it fits nor so that it ends in a dash before its digest", () => {
  expect(fitName("make-it", 7)).toBe("make-it");
  expect(fitName("make-it-so-and-more", 14)).toMatch(/^make-it-[0-9a-f]{6}$/);
});

test("a worker's log stream and poll name tell its instance", () => {
  expect(workerLogGroup("staging", { name: "hhvm" }, { name: "MakeBinaryPackage" })).toBe(
    "/muster/staging/hhvm/make-binary-package",
  );
  expect(workerLogStream("i-0abc")).toBe("w_i-0abc");
  expect(instanceOfPollName(workerPollName("i-0abc"))).toBe("i-0abc");
});

test.each([undefined, "", "somebody", "ec3_i-0abc"])("the poll name %s is none of a worker", (workerName) => {
  expect(instanceOfPollName(workerName)).toBeUndefined();
});
