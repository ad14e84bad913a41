import { expect, test } from "vitest";
import { readSources } from "./env.ts";

test("without variables everything comes from where HHVM has it", () => {
  expect(readSources({})).toEqual({
    currentTargets: "https://raw.githubusercontent.com/hhvm/packaging/{branch}/CURRENT_TARGETS",
    packagingRepository: "https://github.com/hhvm/packaging",
    dockerRepository: "https://github.com/hhvm/hhvm-docker",
    sourceRepository: "git@github.com:facebook/hhvm.git",
    stagingRepository: "git@github.com:hhvm/hhvm-staging.git",
  });
});

test.each([
  ["/srv/packaging/{branch}/CURRENT_TARGETS", "file:///srv/packaging/{branch}/CURRENT_TARGETS"],
  ["s3://lists/{branch}", "s3://lists/{branch}"],
  ["https://example.org/list", "https://example.org/list"],
])("the platforms may be listed at %s", (HHVM_CURRENT_TARGETS, currentTargets) => {
  expect(readSources({ HHVM_CURRENT_TARGETS })).toMatchObject({ currentTargets });
});

test("a path is one from the working directory", () => {
  expect(readSources({ HHVM_CURRENT_TARGETS: "CURRENT_TARGETS" }).currentTargets).toBe(
    `file://${process.cwd()}/CURRENT_TARGETS`,
  );
});

test.each([
  "/srv/git/packaging.git",
  "file:///srv/git/packaging.git",
  "https://example.org/packaging",
  "git@example.org:packaging.git",
])("a repository may be %s", (HHVM_PACKAGING_REPOSITORY) => {
  expect(readSources({ HHVM_PACKAGING_REPOSITORY })).toMatchObject({ packagingRepository: HHVM_PACKAGING_REPOSITORY });
});

test.each([
  ["HHVM_CURRENT_TARGETS", "ftp://example.org/list"],
  ["HHVM_CURRENT_TARGETS", "http://example.org/list"],
  ["HHVM_PACKAGING_REPOSITORY", "packaging"],
  ["HHVM_STAGING_REPOSITORY", "--upload-pack=touch /tmp/x"],
])("%s=%s is refused by name", (name, value) => {
  expect(() => readSources({ [name]: value })).toThrow(`${name}=${value}`);
});
