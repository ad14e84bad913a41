import { expect, test } from "vitest";
import { exampleActivity } from "../testing/example-pipeline.ts";
import { isAptPackage, type Published } from "./artifacts.ts";
import { scratch } from "./s3-object.ts";
import { statusQuestion } from "./status-question.ts";

const Announce = exampleActivity("Announce", {
  per: "build",
  produces: ({ versions }) => [scratch(versions.join("+"))],
});
const Fetch = exampleActivity("Fetch", { produces: ({ version }) => [scratch(version)] });
const Compile = exampleActivity("Compile", {
  per: "platform",
  produces: ({ version, platform }) => [scratch(`${version}/${platform}`)],
});

const there = ["1.2.3", "1.2.3/debian", "1.2.3+1.2.4"];
const exists = async (evidence: Published) => !isAptPackage(evidence) && there.includes(evidence.key);
const platforms = ["debian", "ubuntu"];

test("a build asks for its own, for a version, and for a platform of one", async () => {
  const status = statusQuestion<"build">({ per: "build", versions: ["1.2.3", "1.2.4"], failedVersions: [] }, exists);
  expect(await status(Announce)).toBe("succeeded");
  expect([await status(Fetch, "1.2.3"), await status(Fetch, "1.2.4")]).toEqual(["succeeded", "not_built"]);
  expect([await status(Compile, "1.2.3", "debian"), await status(Compile, "1.2.3", "ubuntu")]).toEqual([
    "succeeded",
    "not_built",
  ]);
});

test("a version asks for itself, and for its platforms", async () => {
  const status = statusQuestion<"version">({ per: "version", version: "1.2.3", platforms, buildPlatforms: [] }, exists);
  expect(await status(Fetch)).toBe("succeeded");
  expect([await status(Compile, "debian"), await status(Compile, "ubuntu")]).toEqual(["succeeded", "not_built"]);
});

test("a platform asks for itself, for others, and for its version", async () => {
  const status = statusQuestion<"platform">(
    { per: "platform", version: "1.2.3", platform: "ubuntu", platforms, buildPlatforms: [] },
    exists,
  );
  expect([await status(Compile), await status(Compile, "debian")]).toEqual(["not_built", "succeeded"]);
  expect(await status(Fetch)).toBe("succeeded");
});
