import {
  activity,
  definePipeline,
  forEachPlatform,
  forEachVersion,
  listedPlatforms,
  minutes,
  releasesAndNightlies,
} from "@muster/pipeline";
import { expect, test } from "vitest";
import { stage, usual } from "../../testing/sample-stages.ts";
import { isAllowed } from "../../testing/simulate.ts";
import { refusedRequests, unusedPermissions } from "../../testing/unused-permissions.ts";
import { resourceNames } from "../stage-scope.ts";
import { listedPlatformStatements } from "./listed-platforms.ts";

function statementsFor(url: (version: string) => string) {
  const Make = activity({
    name: "Make",
    per: "platform",
    script: "make.sh",
    timeout: minutes(10),
    worker: { instanceTypes: ["t3.micro"] },
  });
  const pipeline = definePipeline({
    name: "sample",
    summary: "",
    platforms: listedPlatforms({ url }),
    flow: forEachVersion(forEachPlatform(Make)),
    image: "/image",
    dummyScript: "dummy.sh",
    invalidates: [],
  });
  return listedPlatformStatements({ pipeline, names: resourceNames(stage("test", usual("sample")), pipeline) });
}

test("a list in S3 can be read, or found missing, for releases and nightlies, and nothing else in its bucket", async () => {
  const statements = statementsFor(
    (version) => `s3://lists/${releasesAndNightlies().isNightly(version) ? "nightly" : version}/platforms`,
  );
  const read = (key: string) => ({ action: "s3:GetObject", resource: `arn:aws:s3:::lists/${key}` });
  const requests = [
    read("4.28.2/platforms"),
    read("nightly/platforms"),
    { action: "s3:ListBucket", resource: "arn:aws:s3:::lists" },
  ];
  expect(await refusedRequests(statements, requests)).toEqual([]);
  expect(await unusedPermissions(statements, requests)).toEqual([]);
  expect(await isAllowed({ statements, request: read("4.28.2/secrets") })).toBe(false);
});

test("a list that is read over HTTPS needs no permission", () => {
  expect(statementsFor((version) => `https://example.org/${version}`)).toEqual([]);
});
