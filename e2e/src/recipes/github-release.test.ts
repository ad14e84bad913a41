import { downloads, semver } from "@muster/pipeline";
import { githubRelease } from "@muster/recipes";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { lacking } from "../../releases/release-repository.ts";
import { type Github, startGithub } from "./github/github.ts";
import { type RecipeBench, recipeBench } from "./recipe-bench.ts";

const missing = await lacking("gh", "jq", "openssl");
if (missing.length > 0) console.log(`releases on GitHub are not tried: this machine has no ${missing.join(", ")}`);

const hello = { name: "hello", versions: semver() };
const releases = "/repos/example/hello/releases";
const PublishRelease = githubRelease(hello, {
  repository: "example/hello",
  files: (version) => ["deb", "sha256"].map((end) => downloads(`files/hello_${version}~bookworm.${end}`)),
});

const withoutFiles = githubRelease(hello, { repository: "example/hello" });

let bench: RecipeBench;
let github: Github;

beforeAll(async () => {
  if (missing.length > 0) return;
  bench = await recipeBench();
  github = await startGithub(bench.folder, { tags: ["v1.0.0-rc1", "v1.1.0", "v1.2.0"], token: "a-token" });
});
afterAll(async () => {
  await github?.[Symbol.asyncDispose]();
  await bench?.[Symbol.asyncDispose]();
});
afterEach(() => {
  github?.repository.releases.splice(0);
  github?.requests.splice(0);
  if (github !== undefined) github.fault = () => undefined;
});

const contents = { deb: "a package", sha256: "its digest" };

/** Publishes on GitHub what users can download. */
async function publish(version: string) {
  for (const [end, text] of Object.entries(contents))
    await bench.write("downloads", `files/hello_${version}~bookworm.${end}`, text);
  return bench.run(PublishRelease, version, { ...github.environment, GH_TOKEN: "a-token" });
}

/** The line in which it fails, if it says nothing else. */
async function refusal(version: string, { activity = withoutFiles, token = "a-token" } = {}) {
  const { exitCode, output } = await bench.run(activity, version, { ...github.environment, GH_TOKEN: token });
  expect(exitCode).toBe(1);
  return /^error: (.*)\n$/.exec(output)?.[1] ?? output;
}

const changes = () => github.requests.filter((request) => !request.startsWith("GET") && !request.endsWith("/graphql"));
const files = () =>
  github.repository.releases.flatMap(({ assets }) =>
    assets.map(({ name, content, state }) => [name, content.toString(), state]),
  );
const whole = (version: string) => [
  [`hello_${version}.bookworm.deb`, "a package", "uploaded"],
  [`hello_${version}.bookworm.sha256`, "its digest", "uploaded"],
];

describe.skipIf(missing.length > 0)("a release on GitHub", () => {
  test("comes out with all of its files at once, and is left as it is by whoever comes again", async () => {
    const { exitCode, output, note } = await publish("1.0.0-rc1");
    expect(exitCode, output).toBe(0);
    expect(github.repository.releases).toMatchObject([
      { tag_name: "v1.0.0-rc1", draft: false, prerelease: true, name: "hello 1.0.0-rc1", body: "What's Changed" },
    ]);
    expect(files().sort()).toEqual(whole("1.0.0-rc1"));
    const [{ id } = { id: 0 }] = github.repository.releases;
    const upload = `POST ${releases}/${id}/assets`;
    expect(changes()).toEqual([`POST ${releases}`, upload, upload, `PATCH ${releases}/${id}`]);
    const url = "https://github.com/example/hello/releases/tag/v1.0.0-rc1";
    expect(note).toBe(url);
    expect((await bench.read("downloads", "releases/hello-1.0.0-rc1.url")).toString()).toBe(`${url}\n`);
    github.requests.splice(0);
    expect((await publish("1.0.0-rc1")).exitCode).toBe(0);
    expect(changes()).toEqual([]);
  });

  test("is a draft again where its version is taken back, with its files, and comes out again with these", async () => {
    await publish("1.2.0");
    const withdraw = () => bench.withdraw(PublishRelease, "1.2.0", { ...github.environment, GH_TOKEN: "a-token" });
    const record = `s3://downloads/releases/hello-1.2.0.url`;
    const { exitCode, output, note } = await withdraw();
    expect(exitCode, output).toBe(0);
    expect(note).toBe("v1.2.0 is a draft again");
    expect(github.repository.releases).toMatchObject([{ tag_name: "v1.2.0", draft: true }]);
    expect(files().sort()).toEqual(whole("1.2.0"));
    expect((await bench.keys("downloads")).map((name) => `s3://downloads/${name}`)).not.toContain(record);
    expect((await withdraw()).exitCode).toBe(0);
    expect((await publish("1.2.0")).exitCode).toBe(0);
    expect(github.repository.releases).toMatchObject([{ tag_name: "v1.2.0", draft: false }]);
  });

  test("is one, and whole, also where answers were lost, an upload was cut off and GitHub was down", async () => {
    const faults = [`POST ${releases}`, "/assets", `PATCH ${releases}`];
    github.fault = (request) => {
      if (faults[0] === undefined || !request.includes(faults[0])) return undefined;
      if (faults.shift() !== "/assets") return { kind: "lost" };
      const name = "hello_1.1.0.bookworm.deb";
      github.repository.releases[0]?.assets.push({ id: 99, name, content: Buffer.from(""), state: "starter" });
      return { kind: "answer", status: 502, message: "Server Error" };
    };
    for (const _ of [1, 2, 3]) {
      const { exitCode, output } = await publish("1.1.0");
      expect(exitCode).toBe(1);
      expect(output).toMatch(/^error: GitHub could not .* example\/hello; what is there is kept, build again later: /m);
    }
    const { exitCode, output } = await publish("1.1.0");
    expect(exitCode, output).toBe(0);
    expect(faults).toEqual([]);
    expect(github.repository.releases).toMatchObject([{ tag_name: "v1.1.0", draft: false, prerelease: false }]);
    expect(files().sort()).toEqual(whole("1.1.0"));
  });

  test("that somebody has made keeps its words and files, and gets what it lacks", async () => {
    const { repository } = github;
    const named = { "hello_1.2.0.bookworm.sha256": "its digest", "poster.png": "a picture" };
    const made = repository.add({ tag_name: "v1.2.0", draft: false, files: named });
    made.body = "By hand";
    const { exitCode, output } = await publish("1.2.0");
    expect(exitCode, output).toBe(0);
    expect(changes()).toEqual([`POST ${releases}/${made.id}/assets`]);
    expect(repository.releases).toMatchObject([{ id: made.id, body: "By hand" }]);
    expect(made.assets.map(({ name }) => name)).toEqual([...Object.keys(named), "hello_1.2.0.bookworm.deb"]);
  });

  test("whose file is another than the one that is published is left alone, and the file is named", async () => {
    const named = { "hello_1.2.0.bookworm.deb": "another" };
    github.repository.add({ tag_name: "v1.2.0", draft: false, files: named });
    const { exitCode, output } = await publish("1.2.0");
    expect(exitCode).toBe(1);
    expect(output).toContain(
      "error: the release v1.2.0 on GitHub has another hello_1.2.0.bookworm.deb than is published: remove",
    );
    expect(changes()).toEqual([]);
  });

  test.each([
    [403, "Resource not accessible", "the token may not make a release of example/hello: log in by gh auth login"],
    [429, "You have exceeded a secondary rate limit", "GitHub takes no more requests of this token for now"],
    [
      503,
      "Service Unavailable",
      "GitHub could not make a release of example/hello; what is there is kept, build again",
    ],
  ])("that GitHub refuses by %i is told in a line with the remedy", async (status, message, line) => {
    github.fault = (request) => (request === `POST ${releases}` ? { kind: "answer", status, message } : undefined);
    expect(await refusal("1.2.0")).toContain(line);
  });

  test("of a tag or a repository that is not there, or by an unknown token, is told by name", async () => {
    expect(await refusal("2.0.0")).toContain("example/hello has no tag v2.0.0: push it (git push");
    expect(await refusal("1.2.0", { token: "old" })).toContain(
      "GitHub does not know who asks for example/hello: log in",
    );
    expect(await refusal("1.2.0", { token: "" })).toContain("GitHub does not know who asks for example/hello: log in");
    const activity = githubRelease(hello, { repository: "example/helo" });
    expect(await refusal("1.2.0", { activity })).toContain("GitHub has no repository example/helo that this token may");
    expect(github.repository.releases).toEqual([]);
  });
});
