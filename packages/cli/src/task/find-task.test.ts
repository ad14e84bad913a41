import { debianVersions, semver } from "@muster/pipeline";
import { afterAll, beforeAll, expect, test } from "vitest";
import { stageForTests } from "../testing/stage-for-tests.ts";
import { findTask } from "./find-task.ts";

let stage: Awaited<ReturnType<typeof stageForTests>>;
beforeAll(async () => {
  stage = await stageForTests();
});
afterAll(() => stage[Symbol.asyncDispose]());

const find = (name: string, ...words: string[]) =>
  findTask(name, { pipeline: stage.pipeline, s3: stage.clients.s3, words, today: new Date("2026-11-29") });

test("a platform's task is found by its whole name, with the build that would have it", async () => {
  const { name, task, build } = await find("MakePackage-1.2.3-ubuntu-24.04-noble", "--keep-failed");
  expect(name).toBe("MakePackage-1.2.3-ubuntu-24.04-noble");
  expect(task.activity.name).toBe("MakePackage");
  expect(task.subject).toMatchObject({ per: "platform", version: "1.2.3", platform: "ubuntu-24.04-noble" });
  expect(build).toMatchObject({ versions: ["1.2.3"], platforms: ["ubuntu-24.04-noble"], keepFailed: true });
});

test("a version's task works on all platforms of the version", async () => {
  const { task } = await find("MakeSource-2026.11.28");
  const platforms = ["debian-12-bookworm", "ubuntu-24.04-noble"];
  expect(task.subject).toEqual({ per: "version", version: "2026.11.28", platforms, buildPlatforms: platforms });
});

test.each([
  [
    "MakePakage-1.2.3-debian-12-bookworm",
    'there is no step "MakePakage"',
    "did you mean MakePackage-1.2.3-debian-12-bookworm?",
  ],
  [
    "MakePackage-1.2.3-debian-12-bookwrm",
    '1.2.3 does not have the platform "debian-12-bookwrm"',
    "did you mean MakePackage-1.2.3-debian-12-bookworm?",
  ],
  [
    "MakePackage-1.2.3",
    'MakePackage runs for each platform, and "1.2.3" names none',
    "there are MakePackage-1.2.3-debian-12-bookworm, MakePackage-1.2.3-ubuntu-24.04-noble",
  ],
  [
    "MakeSource-1.2",
    '"1.2" is no version that MakeSource could be about',
    "its tasks are called like MakeSource-0.1.2",
  ],
  ["MakeSource", '"" is no version that MakeSource could be about', "its tasks are called like MakeSource-0.1.2"],
])("%s is refused with what it could be called", async (name, message, hint) => {
  await expect(find(name)).rejects.toMatchObject({ message, hint });
});

test("a version that holds dashes is told from the platform that follows it", async () => {
  const findWith = (name: string, versions = semver()) =>
    findTask(name, {
      pipeline: { ...stage.pipeline, versions },
      s3: stage.clients.s3,
      words: [],
      today: new Date("2026-11-29"),
    });
  expect((await findWith("MakePackage-v1.0.0-rc-1-debian-12-bookworm")).name).toBe(
    "MakePackage-1.0.0-rc-1-debian-12-bookworm",
  );
  const { task } = await findWith("MakePackage-1:2.10~rc1-3-ubuntu-24.04-noble", debianVersions());
  expect(task.subject).toMatchObject({ version: "1:2.10~rc1-3", platform: "ubuntu-24.04-noble" });
  await expect(findWith("MakePackage-2.10-3-debian-12-bookwrm", debianVersions())).rejects.toMatchObject({
    message: '2.10-3 does not have the platform "debian-12-bookwrm"',
    hint: "did you mean MakePackage-2.10-3-debian-12-bookworm?",
  });
  await expect(findWith("MakeSource-latest")).rejects.toMatchObject({
    message: '"latest" is no version that MakeSource could be about',
  });
});
