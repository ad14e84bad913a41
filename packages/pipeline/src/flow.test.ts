import { expect, test } from "vitest";
import { exampleActivity } from "../testing/example-pipeline.ts";
import { activitiesOf, branchName, forEachPlatform, forEachVersion, numberMaps, parallel, sequence } from "./flow.ts";

const A = exampleActivity("PublishSourceTarball");
const B = exampleActivity("PublishDockerImages");
const P = exampleActivity("MakeBinaryPackage", { per: "platform" });
const Q = exampleActivity("TestBinaryPackage", { per: "platform" });

test("a parallel is named after its branches, and one branch alone leaves room for more", () => {
  expect(parallel(A, B).name).toBe("PublishSourceTarballAndPublishDockerImages");
  expect(parallel(sequence("BuildAndPublishLinux", A, B)).name).toBe("BuildAndPublishLinuxAnd");
  expect(parallel(sequence(A, B), forEachPlatform(P)).name).toBe("PublishSourceTarballAndForEachPlatform");
});

test("a branch is called by its own name, or by its first step's", () => {
  expect(branchName(A)).toBe("PublishSourceTarball");
  expect(branchName(sequence("Later", A))).toBe("Later");
  expect(branchName(sequence(sequence(B, A)))).toBe("PublishDockerImages");
  expect(branchName(forEachPlatform(P))).toBe("ForEachPlatform");
});

test("activities come in the order of the build, at any depth", () => {
  const flow = forEachVersion(A, parallel(sequence("Later", forEachPlatform(P, Q)), B));
  expect(activitiesOf(flow)).toEqual([A, P, Q, B]);
});

test("one step of a map is its body, several are a sequence", () => {
  expect(forEachPlatform(P).body).toBe(P);
  expect(forEachPlatform(P, Q).body).toEqual(sequence(P, Q));
});

test("maps are numbered from the second on, and parallels are renamed after them", () => {
  const flow = numberMaps(forEachVersion(forEachPlatform(P), parallel(sequence(forEachPlatform(Q)), A)));
  expect(flow.body).toMatchObject({
    steps: [
      { name: "ForEachPlatform" },
      {
        name: "ForEachPlatform2AndPublishSourceTarball",
        branches: [{ steps: [{ name: "ForEachPlatform2" }] }, { name: "PublishSourceTarball" }],
      },
    ],
  });
});
