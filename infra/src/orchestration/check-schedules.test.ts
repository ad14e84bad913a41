import { activity, definePipeline, fixedPlatforms, forEachVersion, minutes, semver } from "@muster/pipeline";
import { expect, test } from "vitest";
import { stage, usual } from "../../testing/sample-stages.ts";
import { checkSchedules } from "./check-schedules.ts";

const Make = activity({
  name: "Make",
  per: "version",
  script: "make.sh",
  timeout: minutes(10),
  worker: { instanceTypes: ["t3.micro"] },
});

const check = (input: string, versions = semver()) =>
  checkSchedules({
    stage: stage("prod", { ...usual("sample"), schedules: [{ name: "nightly", expression: "rate(1 day)", input }] }),
    pipeline: definePipeline({
      name: "sample",
      summary: "",
      platforms: fixedPlatforms("debian-12-bookworm"),
      versions,
      flow: forEachVersion(Make),
      image: "/image",
      dummyScript: "dummy.sh",
      invalidates: [],
    }),
  });

test("a scheduled build that could not be understood is refused, with its stage, its name and what to do", () => {
  expect(() => check("")).toThrow(
    expect.objectContaining({
      name: "Muster.InvalidConfiguration",
      message:
        "prod.schedules: the build of nightly would be refused: no version is named, and the pipeline sample has no nightlies",
      hint: expect.stringContaining("name one"),
    }),
  );
  expect(() => check("1.2.3 Mkae")).toThrow('"Mkae" is not a version, platform, step or option');
});

test("one that can be is not", () => {
  check("1.2.3 Make");
  check("", semver({ nightlyOf: "1.3.0" }));
});
