import { globSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { gzipSync } from "node:zlib";
import { receiver } from "@muster/local";
import { functionNames } from "@muster/pipeline";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { launchWorld } from "../test/launch-world.ts";
import { bundleFunctions, type FunctionBundle } from "./bundle-functions.ts";
import { withoutBodies } from "./leave-out.ts";
import { withMembers } from "./read-members.ts";
import { markPure, withoutRegionNames } from "./slim-aws-sdk.ts";

const pipelineFile = join(import.meta.dirname, "../test/bundled-pipeline.ts");
const GOAL_BYTES = 400 * 1024;

let folder: string;
let bundles: readonly FunctionBundle[];
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "muster-bundles-"));
  ({ bundles } = await bundleFunctions({ pipelineFile, outDir: folder }));
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

type Entry = (event: unknown, context: { awsRequestId: string }) => Promise<unknown>;
async function load(name: string): Promise<(event: unknown) => Promise<unknown>> {
  const { handler } = (await import(pathToFileURL(join(folder, name, "index.mjs")).href)) as { handler: Entry };
  return (event) => handler(event, { awsRequestId: "r" });
}

test("every function has a bundle of at most 400 KiB", () => {
  expect(bundles.map(({ name }) => name)).toEqual([...functionNames]);
  for (const { name, bytes } of bundles) expect.soft(bytes, name).toBeLessThanOrEqual(GOAL_BYTES);
});

test.each(["muster", "hhvm"])("every function of the pipeline %s has one of at most 400 KiB", async (pipeline) => {
  const file = join(import.meta.dirname, "../../../pipelines", pipeline, "pipeline.ts");
  const { bundles: made } = await bundleFunctions({ pipelineFile: file, outDir: join(folder, pipeline) });
  for (const { name, bytes } of made) expect.soft(bytes, name).toBeLessThanOrEqual(GOAL_BYTES);
});

test("bundling again gives the same bytes, and no path of this machine is in them", async () => {
  const again = await mkdtemp(join(tmpdir(), "muster-bundles-again-"));
  try {
    await bundleFunctions({ pipelineFile, outDir: again });
    for (const { name, file } of bundles) {
      const text = await readFile(file, "utf8");
      expect.soft((await readFile(join(again, name, "index.mjs"), "utf8")) === text, name).toBe(true);
      expect.soft(text.includes(join(import.meta.dirname, "..")), name).toBe(false);
    }
  } finally {
    await rm(again, { recursive: true, force: true });
  }
});

test("bundles do on a socket what the functions do in process, errors by name included", async () => {
  await using world = await launchWorld();
  const { url } = await world.aws.listen();
  vi.stubEnv("AWS_REGION", "us-west-2");
  vi.stubEnv("AWS_ACCESS_KEY_ID", "AKIAFUNCTION");
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", "secret");
  vi.stubEnv("AWS_ENDPOINT_URL", url);
  vi.stubEnv("MUSTER_STAGE", gzipSync(JSON.stringify(world.stage)).toString("base64"));
  const execution = world.context("build-1");
  const buildInput = { versions: ["1.2.3"], platforms: [], activities: [], debug: "" };

  const prepare = await load("PrepareActivity");
  const event = {
    activity: "MakeSourceTarball",
    version: "1.2.3",
    buildInput,
    execution,
    enteredTime: new Date().toISOString(),
  };
  expect(await prepare(event)).toMatchObject({
    skip: false,
    reason: "s3://scratch/example-1.2.3.tar.gz does not exist",
  });
  expect(await prepare(event)).toMatchObject({ skip: false });
  expect(world.instances()).toHaveLength(1);

  // The token is none: what Step Functions calls that reaches the function by name.
  const end = await load("EndHealthCheck");
  expect(await end({ execution })).toEqual({ answered: false });
  expect(await (await load("HealthCheckWait"))({ token: "none", execution })).toEqual({ done: true });
  await (await load("UpdateIndices"))({ results: {}, buildInput, execution });
  expect(await (await load("InvalidateCloudFront"))({ results: {}, buildInput, execution })).toMatchObject({
    invalidations: [expect.any(String)],
  });
  expect(await (await load("ParseInput"))({ input: "1.2.3", execution })).toEqual({ buildInput });
  await expect((await load("ParseInput"))({ input: "1.2.x", execution })).rejects.toMatchObject({
    name: "Muster.InvalidInput",
  });
  await world.publish("build-1", [{ activity: "MakeBinaryPackage", platform: "debian-12-bookworm" }]);
  expect(
    await (await load("Repair"))({
      "detail-type": "EC2 Instance State-change Notification",
      detail: { "instance-id": "i-0", state: "terminated" },
    }),
  ).toEqual({ ignored: "not a worker of this stage" });
  expect(await (await load("Reap"))({})).toMatchObject({ terminated: [] });
});

test("the bundle of Notify asks Secrets Manager, a chat and SNS as its clients do", async () => {
  await using chat = await receiver(200);
  const value = JSON.stringify({ Name: "chat-url", SecretString: chat.url });
  await using secretsManager = await receiver({
    status: 200,
    headers: { "content-type": "application/x-amz-json-1.1" },
    body: value,
  });
  const published = "<PublishResponse><PublishResult><MessageId>m</MessageId></PublishResult></PublishResponse>";
  await using amazonSns = await receiver({ status: 200, headers: { "content-type": "text/xml" }, body: published });
  await using world = await launchWorld();
  const notifies = { chat: { secret: "chat-url" }, ends: { topic: "arn:aws:sns:us-west-2:000000000000:ends" } };
  vi.stubEnv("AWS_REGION", "us-west-2");
  vi.stubEnv("AWS_ACCESS_KEY_ID", "AKIAFUNCTION");
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", "secret");
  vi.stubEnv("AWS_ENDPOINT_URL_SECRETS_MANAGER", secretsManager.url);
  vi.stubEnv("AWS_ENDPOINT_URL_SNS", amazonSns.url);
  vi.stubEnv("MUSTER_STAGE", JSON.stringify({ ...world.stage, notifies }));
  const told = (target: string, kind: string) => ({ target, kind, told: true, requests: 1 });
  const notify = await load("Notify");
  expect(await notify({ "detail-type": "Muster Notification Request", detail: {} })).toEqual({
    outcomes: [told("chat", "slack"), told("ends", "sns")],
  });
  expect(JSON.parse(chat.received[0]?.body ?? "").text).toMatch(/a trial: /);
  expect(amazonSns.received[0]?.body).toContain("Action=Publish");
});

test("a pipeline file that is not there is named", async () => {
  await expect(bundleFunctions({ pipelineFile: "nowhere/pipeline.ts", outDir: folder })).rejects.toThrow(
    "there is no pipeline file nowhere/pipeline.ts",
  );
});

test("shapes are marked as pure, statement by statement", () => {
  expect(markPure("var a = [1,\n  [x], { [k]: v }\n];\nexport var b = [2];\nfoo();")).toBe(
    "var a = /* @__PURE__ */ (() => [1,\n  [x], { [k]: v }\n])();\nexport var b = /* @__PURE__ */ (() => [2])();\nfoo();",
  );
});

const shapes = `const _A = "Arn";
const _T = "Tags";
export var Thing$ = [3, n0, _Th,
    0,
    [_A, _T],
    [[0, { [_eQN]: \`Arn\`,
                [_xN]: _arn }], [() => TagList, { [_xN]: _tS }]], 1
];
foo();`;

test("of a shape that functions read in part, the rest is left out", () => {
  const kept = "export var Thing$ = [3, n0, _Th, 0, [_T], [[() => TagList, { [_xN]: _tS }]], 1\n];";
  expect(withMembers(shapes, { Thing: ["Tags"] })).toBe(`${shapes.slice(0, shapes.indexOf("export"))}${kept}\nfoo();`);
  expect(() => withMembers(shapes, { Thing: ["Name"] })).toThrow("the SDK's Thing has no Name");
  expect(() => withMembers(shapes, { Other: ["Tags"] })).toThrow("the SDK writes Other in another way");
});

const partitionFiles = globSync(
  join(
    import.meta.dirname,
    "../../../node_modules/.pnpm/@aws-sdk+core@*/node_modules/@aws-sdk/core/dist-es/**/partitions.js",
  ),
);
interface Partition {
  readonly id: string;
  readonly regionRegex: string;
  readonly regions: Record<string, unknown>;
}

test("without the names of regions each is still in its partition", async () => {
  expect(partitionFiles).not.toEqual([]);
  for (const file of partitionFiles) {
    const load = async (source: string): Promise<Partition[]> =>
      (await import(`data:text/javascript,${encodeURIComponent(source)}`)).partitionsInfo.partitions;
    const source = await readFile(file, "utf8");
    const slim = await load(withoutRegionNames(source));
    for (const { id, regions } of await load(source)) {
      for (const region of Object.keys(regions).filter((name) => !name.endsWith("-global"))) {
        expect.soft(slim.find(({ regionRegex }) => new RegExp(regionRegex).test(region))?.id, region).toBe(id);
      }
    }
  }
});

test("what is left out keeps its names and says why, when it is reached after all", async () => {
  const text = withoutBodies("export function a() {}\nexport const b = 1;\nexport { c as d, e };", "nobody asks");
  const module = (await import(`data:text/javascript,${encodeURIComponent(text)}`)) as Record<
    string,
    new () => () => void
  >;
  expect(Object.keys(module).sort()).toEqual(["a", "b", "d", "e"]);
  const make = module.a as new () => () => void;
  expect(() => new make()()).toThrow("left out of the bundle: nobody asks");
});

test("a client's plugin that is left out adds nothing to its calls", async () => {
  const text = withoutBodies("export const getThingPlugin = () => ({});", "nobody asks");
  const { getThingPlugin } = await import(`data:text/javascript,${encodeURIComponent(text)}`);
  expect(getThingPlugin().applyToStack()).toBeUndefined();
});
