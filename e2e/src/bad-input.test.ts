import { spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { chmod, mkdir, readdir, readFile, rm } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { writeProbePipeline } from "./probe-pipeline.ts";
import { type Outcome, programArguments, startMuster } from "./run-muster.ts";
import { createWorkspace, type Workspace } from "./workspace.ts";

let workspace: Workspace;
let pipeline: string[];

beforeAll(async () => {
  workspace = await createWorkspace();
  pipeline = await writeProbePipeline(workspace);
});
afterAll(() => workspace[Symbol.asyncDispose]());

/** One line that names the thing and says what to do; no stack trace. */
function expectOneLine({ exitCode, stderr, stdout }: Outcome, line: string | RegExp): void {
  expect(stderr).toMatch(line);
  expect(stderr.trimEnd().split("\n")).toHaveLength(1);
  expect(stderr).toMatch(/^muster: /);
  expect(stdout).toBe("");
  expect(exitCode).toBe(2);
}

test.each([
  ["an unknown word", ["build", "1.2.3", "MakePakage"], /"MakePakage" is not a version.*did you mean MakePackage\?/],
  ["a version that is neither form", ["build", "1.2"], /"1\.2" is not a version.*N\.N\.N.*YYYY\.MM\.DD/],
  ["a date that does not exist", ["build", "2026.13.45"], /"2026\.13\.45" is not a version/],
  ["a platform that no version has", ["build", "1.2.3", "debian-9-stretch"], /debian-9-stretch.*debian-12-bookworm/],
  [
    "a step that a test build may not run",
    ["build", "1.2.3", "--test-build", "Publish"],
    /Publish is not a valid test build step.*MakePackage/,
  ],
  ["an unknown command", ["biuld"], /"biuld" is not a command.*did you mean build\?/],
  ["an unknown option", ["build", "--paln"], /"--paln" is not an option.*did you mean --plan\?/],
  ["modes that exclude each other", ["build", "--fake-ec2", "--skip-ec2"], /exclude each other.*name one of them/],
  [
    "a build that is not there",
    ["status", "nothing"],
    /nothing has been built with the pipeline \S+ here yet.*muster build/,
  ],
  [
    "a pipeline that is not there",
    ["build", "--pipeline", "mustre"],
    /there is no pipeline "mustre".*did you mean muster\?/,
  ],
])("%s is refused in one line", async (_what, args, line) => {
  expectOneLine(await workspace.muster(...args, ...(args.includes("--pipeline") ? [] : pipeline)), line);
});

test("a folder that no pipeline belongs to starts no release of anybody's", async () => {
  await using other = await createWorkspace();
  for (const words of [["build"], ["build", "1.2.3", "--plan"], ["status"]])
    expectOneLine(
      await other.muster(...words),
      /^muster: there is no pipeline\.ts here or in a folder above \(.*muster init/,
    );
  expect(await readdir(other.dir)).toEqual([]);
});

test("a stage that cannot be asked has an exit code of its own, and says what keeps the command from it", async () => {
  await using answers = await expiredToken();
  const aws = {
    AWS_REGION: "eu-central-1",
    AWS_ACCESS_KEY_ID: "anyone",
    AWS_SECRET_ACCESS_KEY: "anything",
    AWS_EC2_METADATA_DISABLED: "true",
  };
  const { AWS_REGION: _region, ...nowhere } = aws;
  const { AWS_ACCESS_KEY_ID: _id, AWS_SECRET_ACCESS_KEY: _key, ...nobody } = aws;
  const cases: [Record<string, string>, RegExp][] = [
    [nowhere, /^muster: no AWS region is set \(set AWS_REGION/],
    [nobody, /^muster: .*credentials.*\(sign in to AWS, or set AWS_PROFILE\)/i],
    [{ ...aws, AWS_ENDPOINT_URL: "http://127.0.0.1:1" }, /^muster: .*ECONNREFUSED/],
    [{ ...aws, AWS_ENDPOINT_URL: answers.url }, /^muster: .*expired \(the credentials have expired: sign in/],
  ];
  for (const [env, line] of cases) {
    await using elsewhere = await createWorkspace(env);
    const { exitCode, stdout, stderr } = await elsewhere.muster("status", "--stage", "prod", ...pipeline);
    expect(stderr).toMatch(line);
    expect({ exitCode, stdout, lines: stderr.trimEnd().split("\n").length }).toEqual({
      exitCode: 3,
      stdout: "",
      lines: 1,
    });
  }
});

test("a build goes on when its reader has left, and its exit code still tells; a report ends with its reader", async () => {
  const failing = await writeProbePipeline(workspace, { MakeSource: "exit 7" });
  expect(await withoutReader(["build", "9.9.9", "MakeSource", "--time-scale", "100", ...failing])).toBe(1);
  expect(await withoutReader(["status", ...failing])).toBe(0);
  await writeProbePipeline(workspace);
});

test("a broken pipeline file is named, with the line", async () => {
  await workspace.write("broken/pipeline.ts", "export default {{{\n");
  expectOneLine(
    await workspace.muster("build", "--pipeline", "broken/pipeline.ts"),
    /broken\/pipeline\.ts.*correct the definition/,
  );
});

test("a package that was not installed is named, with what installs it", async () => {
  await workspace.write("alone/pipeline.ts", 'import "@muster/recipes";\n');
  expectOneLine(
    await workspace.muster("build", "--pipeline", "alone/pipeline.ts"),
    /^muster: alone\/pipeline\.ts imports @muster\/recipes, which is not installed \(npm install,/,
  );
});

test("wrong types and typing errors in a pipeline are named by their places, all at once, and nothing is started", async () => {
  await using other = await createWorkspace();
  const probe = await writeProbePipeline(other);
  const file = join(other.dir, "probe/pipeline.ts");
  const wrong = (await readFile(file, "utf8"))
    .replace("timeout: minutes(10)", 'timeout: "5 minutes"')
    .replace("produces:", "produce:");
  await other.write("probe/pipeline.ts", wrong);
  expectOneLine(
    await other.muster("build", "1.2.3", ...probe),
    /probe\/pipeline\.ts: MakeSource\.timeout: "5 minutes" is not a number; MakeSource\.produce is no field; did you mean produces\?/,
  );
  expect(existsSync(join(other.dir, ".muster"))).toBe(false);
});

test("a missing script is named with its activity and the pipeline's file", async () => {
  await using other = await createWorkspace();
  await writeProbePipeline(other);
  await rm(join(other.dir, "probe/publish.sh"));
  expectOneLine(
    await other.muster("build", "--pipeline", "probe/pipeline.ts"),
    /probe\/pipeline\.ts: Publish: script "publish\.sh" does not exist/,
  );
});

test("scripts that cannot run are named, each with its line, before anything is started", async () => {
  await using other = await createWorkspace();
  const probe = await writeProbePipeline(other, { MakePackage: "fi" });
  await other.write("probe/publish.sh", "muster-s3 ls s3://a\n");
  for (const words of [["1.2.3"], ["1.2.3", "--plan"]]) {
    const { stderr, stdout, exitCode } = await other.muster("build", ...words, ...probe);
    expect(stderr.trimEnd().split("\n")).toEqual([
      expect.stringMatching(/^muster: probe\/package\.sh:4: bash cannot read it: syntax error .*`fi'$/),
      expect.stringMatching(/^muster: probe\/publish\.sh:1: its first line names no interpreter \(.*#!\/bin\/bash\)$/),
      expect.stringMatching(/^muster: 2 faults in the scripts of probe \(nothing was started; .*\)$/),
    ]);
    expect(stdout).toBe("");
    expect(exitCode).toBe(2);
  }
  await chmod(join(other.dir, "probe/source.sh"), 0o644);
  const { stderr } = await other.muster("build", "1.2.3", ...probe);
  expect(stderr).toContain("probe/source.sh: it is not executable (chmod +x probe/source.sh)");
  expect(existsSync(join(other.dir, ".muster"))).toBe(false);
});

test("what a step's check finds wrong with this machine is told in one line, and nothing is started", async () => {
  await using other = await createWorkspace();
  const probe = await writeProbePipeline(other);
  const text = await readFile(join(other.dir, "probe/pipeline.ts"), "utf8");
  await other.write(
    "probe/pipeline.ts",
    text.replace('script: "package.sh"', 'script: "package.sh", check: "check.sh"'),
  );
  const refusing = (platform: string) =>
    `#!/bin/bash\n[[ $DISTRO != ${platform} ]] || { echo "error: no $DISTRO of $VERSION here: drop it" >&2; exit 1; }\n`;
  await other.write("probe/check.sh", refusing("ubuntu-*"), { executable: true });
  expectOneLine(
    await other.muster("build", "1.2.3", ...probe),
    /^muster: no ubuntu-24\.04-noble of 1\.2\.3 here: drop it \(nothing was started\)$/m,
  );
  expect((await other.muster("status", ...probe)).stderr).toContain("nothing has been built");

  const words = ["build", "1.2.3", "debian-12-bookworm", "MakeSource", "MakePackage", ...probe];
  expect((await other.muster(...words)).exitCode).toBe(0);
  // What is done needs no check.
  await other.write("probe/check.sh", refusing("*"), { executable: true });
  expect((await other.muster(...words)).exitCode).toBe(0);
});

test("an occupied port is named, with the option that chooses another", async () => {
  const server = createServer();
  await once(server.listen(0, "127.0.0.1"), "listening");
  const { port } = server.address() as AddressInfo;
  try {
    expectOneLine(
      await workspace.muster("local", "--port", String(port), ...pipeline),
      new RegExp(`port ${port} .*--port`),
    );
  } finally {
    server.close();
  }
});

test("a folder that may not be written is named, and no build starts", async () => {
  await using other = await createWorkspace();
  const probe = await writeProbePipeline(other);
  const readOnly = join(other.dir, "read-only");
  await mkdir(readOnly, { mode: 0o555 });
  // Nothing is refused to root, unless it gives that up.
  const rights = "-dac_override,-dac_read_search";
  const through = process.getuid?.() === 0 ? ["setpriv", `--bounding-set=${rights}`, `--inh-caps=${rights}`] : [];
  const outcome = await startMuster(["build", "1.2.3", "--state-dir", join(readOnly, "state"), ...probe], {
    ...other.options,
    through,
  }).ended;
  expectOneLine(outcome, /read-only\/state.*permission is denied; make the folder writable/);
});

test.runIf(mayMount())(
  "a disk that fills up loses nothing that was built, and the build goes on when there is room",
  async () => {
    await using other = await createWorkspace();
    const probe = await writeProbePipeline(other, {
      MakePackage: "head -c 3000000 /dev/urandom > big && muster-s3 cp big s3://$SCRATCH_BUCKET/big",
    });
    // A disk of two megabytes, which only this command sees; what it holds at the end is copied out.
    const script = [
      "mkdir disk && mount -t tmpfs -o size=2m tmpfs disk",
      'node=$0; "$node" "$@" build 1.2.3 debian-12-bookworm --time-scale 1000 --state-dir disk/state; code=$?',
      "cp -r disk/state kept; exit $code",
    ].join("\n");
    const { status, stderr, stdout } = spawnSync(
      "unshare",
      ["--map-root-user", "--mount", "bash", "-c", script, process.execPath, ...programArguments, ...probe],
      { cwd: other.dir, encoding: "utf8" },
    );
    expect(status).not.toBe(0);
    expect(`${stderr}${stdout}`).toMatch(/disk is full/);
    expect(stderr).toMatch(/^only [\d.]+ (k|M)B are free below disk\/state: /m);
    expect(stderr).not.toMatch(/\n {4}at /);

    await writeProbePipeline(other);
    const again = await other.muster("build", "1.2.3", "debian-12-bookworm", "--state-dir", "kept", ...probe);
    expect(again.exitCode, again.stderr).toBe(0);
    const { steps } = await other.json<{ steps: { key: string; state: string }[] }>(
      "status",
      "--state-dir",
      "kept",
      ...probe,
    );
    expect(steps.find(({ key }) => key === "MakeSource-1.2.3")?.state).toMatch(/succeeded|skipped/);
  },
);

function mayMount(): boolean {
  return spawnSync("unshare", ["--map-root-user", "--mount", "mount", "-t", "tmpfs", "tmpfs", "/mnt"]).status === 0;
}

/** The exit code of a command whose reader has gone before it says anything. */
async function withoutReader(words: readonly string[]): Promise<number | null> {
  const { process: child } = startMuster(words, workspace.options);
  child.stdout?.destroy();
  child.stderr?.destroy();
  const [exitCode] = await once(child, "exit");
  return exitCode;
}

/** An endpoint of AWS to which every request is signed with a token of yesterday. */
async function expiredToken(): Promise<AsyncDisposable & { readonly url: string }> {
  const server = createServer((_request, response) => {
    response.writeHead(400, { "content-type": "application/x-amz-json-1.1" });
    response.end(
      '{"__type":"ExpiredTokenException","message":"The security token included in the request is expired"}',
    );
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      server.close();
    },
  };
}
