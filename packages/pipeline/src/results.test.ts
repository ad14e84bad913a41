import { describe, expect, test } from "vitest";
import { failedVersions, listFailures, normalizeResults } from "./results.ts";

const success = { success: { ec2: "i-1", time_sec: "61" } };
const failure = { failure: { Error: "Muster.ScriptFailed", Cause: '{"ec2":"i-2","time_sec":"4","exit":3}' } };

describe("normalising", () => {
  test("maps are keyed by version and platform", () => {
    expect(
      normalizeResults({
        foo: { success: {} },
        ForEachVersion: [
          {
            version: "4.2.0",
            results: {
              MakeSourceTarball: { failure: {} },
              ForEachPlatform: [{ platform: "ubuntu", results: { MakeBinaryPackage: { success: {} } } }],
            },
          },
        ],
      }),
    ).toEqual({
      foo: { success: {} },
      ForEachVersion: {
        "4.2.0": {
          MakeSourceTarball: { failure: {} },
          ForEachPlatform: { ubuntu: { MakeBinaryPackage: { success: {} } } },
        },
      },
    });
  });

  test("a parallel's branches are merged into their parent, at any depth", () => {
    const inner = [{ results: { PublishSourceTarball: success } }, { results: { PublishDockerImages: failure } }];
    const branch = { PublishBinaryPackages: success, PublishSourceTarballAndPublishDockerImages: inner };
    expect(normalizeResults({ MakeSourceTarball: success, BuildAndPublishLinuxAnd: [{ results: branch }] })).toEqual({
      MakeSourceTarball: success,
      PublishBinaryPackages: success,
      PublishSourceTarball: success,
      PublishDockerImages: failure,
    });
  });

  test("branches that carry their parent's results do not double them", () => {
    const parent = { ForEachPlatform: [{ platform: "ubuntu", results: { Make: success } }] };
    expect(
      normalizeResults({
        ...parent,
        BothAnd: [{ results: { ...parent, Test: success } }, { results: { ...parent, Sign: failure } }],
      }),
    ).toEqual({ ForEachPlatform: { ubuntu: { Make: success } }, Test: success, Sign: failure });
  });

  test("a numbered map's steps are further steps of the same platforms", () => {
    expect(
      normalizeResults({
        ForEachPlatform: [
          { platform: "debian", results: { Make: success } },
          { platform: "ubuntu", results: { Make: failure } },
        ],
        ForEachPlatform2AndOther: [
          { results: { ForEachPlatform2: [{ platform: "debian", results: { Test: success } }] } },
        ],
      }),
    ).toEqual({ ForEachPlatform: { debian: { Make: success, Test: success }, ubuntu: { Make: failure } } });
  });

  test("what only steered the build is dropped, the evidence of a skipped step stays", () => {
    expect(
      normalizeResults({
        Make: { skip: false, reason: "it is missing", taskInput: { env: {} }, ...failure },
        Publish: { skip: true, reason: "it exists" },
      }),
    ).toEqual({ Make: failure, Publish: { skip: true, reason: "it exists" } });
  });

  test("the main branch's whole state is understood, where NormalizeResults itself has failed", () => {
    const state = {
      buildInput: { versions: ["4.2.0"] },
      reposChanged: false,
      results: {
        ForEachVersion: [{ version: "4.2.0", results: { MakeSourceTarball: failure } }],
        NormalizeResults: { failure: { Error: "Lambda.Unknown", Cause: "" } },
      },
    };
    expect(listFailures(normalizeResults(state)).map(({ step }) => step)).toEqual([
      "MakeSourceTarball",
      "NormalizeResults",
    ]);
  });

  test("normalising twice changes nothing", () => {
    const once = normalizeResults({
      ForEachVersion: [
        {
          version: "4.2.0",
          results: {
            Make: { skip: true, reason: "it exists" },
            BuildAnd: [
              {
                results: { ForEachPlatform: [{ platform: "ubuntu", results: { Pack: { skip: false, ...success } } }] },
              },
            ],
          },
        },
      ],
    });
    expect(normalizeResults(once)).toEqual(once);
  });

  test.each([undefined, null, "text", 3, []])("%j has no results", (results) => {
    expect(normalizeResults(results)).toEqual({});
  });
});

describe("listing failures", () => {
  const results = normalizeResults({
    ForEachVersion: [
      {
        version: "4.2.0",
        results: {
          PrepareToPublish: { failure: { Error: "Muster.InvalidConfiguration", Cause: "no launch template" } },
          ForEachPlatform: [
            { platform: "debian", results: { Make: success } },
            { platform: "ubuntu", results: { Make: failure } },
          ],
        },
      },
    ],
    UpdateIndices: failure,
  });

  test("each names its step, version and platform, in the order of the results", () => {
    expect(listFailures(results).map(({ failure: _, ...at }) => at)).toEqual([
      { step: "PrepareToPublish", per: "version", version: "4.2.0" },
      { step: "Make", per: "platform", version: "4.2.0", platform: "ubuntu" },
      { step: "UpdateIndices", per: "build" },
    ]);
  });

  test("a success is none", () => {
    expect(listFailures({ Make: success })).toEqual([]);
  });
});

test("a version has failed when any of its steps has, on whichever platform; the build's own steps are no version's", () => {
  const versions = [
    { version: "4.2.0", results: { ForEachPlatform: [{ platform: "ubuntu", results: { Make: failure } }] } },
    { version: "4.2.1", results: { Make: success, Publish: { skip: true, reason: "it exists" } } },
    { version: "4.2.2", results: { PrepareToMake: failure } },
  ];
  const results = normalizeResults({ Announce: failure, ForEachVersion: versions });
  expect([...failedVersions(results)]).toEqual(["4.2.0", "4.2.2"]);
});
