import { spawnSync } from "node:child_process";
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, delimiter, dirname, join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type JobName, repository, step } from "../testing/release-workflow.ts";

/** The release's own scripts, run by Bash on a clone with a tag. */

/** What the machine of this test builds packages for. */
const architecture = process.arch === "arm64" ? "arm64" : "amd64";

let folder: string;
const at = (...path: string[]) => join(folder, ...path);

/** Runs a script as GitHub runs a step that names no shell, with `gh` replaced, and with an environment of its own. */
function bash(script: string, cwd: string, env: Readonly<Record<string, string>> = {}) {
  writeFileSync(at("output"), "");
  const path = (process.env.PATH ?? "").split(delimiter).filter((each) => !/node_modules|_npx/.test(each));
  const { status, stdout, stderr } = spawnSync("bash", ["-e", "-c", script], {
    cwd,
    encoding: "utf8",
    // With a socket as its input Bash would take itself for a remote shell's, and read the user's .bashrc.
    stdio: ["ignore", "pipe", "pipe"],
    env: {
      PATH: [at("bin"), ...path].join(delimiter),
      HOME: process.env.HOME ?? folder,
      GH_LOG: at("gh.log"),
      GITHUB_REPOSITORY: "o/r",
      GITHUB_SERVER_URL: "https://github.com",
      GITHUB_REF_NAME: "v0.9.0",
      GITHUB_SHA: "1111111",
      GITHUB_OUTPUT: at("output"),
      RUNNER_TEMP: at("temp"),
      ...env,
    },
  });
  return { status, stdout, said: `${stdout}${stderr}`, output: readFileSync(at("output"), "utf8") };
}

const run = (job: JobName, name: string, cwd: string, env: Readonly<Record<string, string>> = {}) => {
  const { run: script = "", "working-directory": within = "." } = step(job, name);
  return bash(script, join(cwd, within), env);
};

/** A program that notes its arguments, and answers one line. */
function fakeGh(answer: string): void {
  writeFileSync(at("bin/gh"), `#!/bin/sh\nprintf '%s\\n' "$@" > "$GH_LOG"\necho '${answer}'\n`);
  chmodSync(at("bin/gh"), 0o755);
}

/** What other packages' tests keep beside dependencies comes and goes while they run: a root file system with its /proc, for one. */
const isKept = (path: string) => !/^\.(cache|vite)/.test(basename(path));

/** A clone with this checkout's dependencies: links between the packages lead into the clone. */
function clone(): void {
  const git = (...args: string[]) =>
    expect(spawnSync("git", args, { cwd: folder }), args.join(" ")).toMatchObject({ status: 0 });
  git("clone", "--quiet", repository, "clone");
  symlinkSync(join(repository, "node_modules"), at("clone/node_modules"));
  for (const parent of ["packages", "pipelines"]) {
    for (const name of readdirSync(join(repository, parent))) {
      for (const made of ["node_modules", "dist"]) {
        const path = join(parent, name, made);
        if (existsSync(join(repository, path)) && existsSync(at("clone", dirname(path), "package.json")))
          cpSync(join(repository, path), at("clone", path), {
            recursive: true,
            verbatimSymlinks: true,
            filter: isKept,
          });
      }
    }
  }
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "muster-release-"));
  for (const name of ["bin", "temp"]) mkdirSync(at(name));
  clone();
}, 120_000);
afterAll(() => rmSync(folder, { recursive: true }));

const PACKAGES = {
  "create-muster": "create-muster",
  muster: "muster",
  "muster-infra": "@muster/infra",
  "muster-pipeline": "@muster/pipeline",
  "muster-recipes": "@muster/recipes",
  "muster-simulation": "@muster/simulation",
};

/** In place of what the step before packs, which e2e packs and installs. */
function packageStandIns(): void {
  expect(step("assets", "Pack what npm gets").run).toBe(
    'npx --yes pnpm@10.34.9 --silent run release npm "$GITHUB_SERVER_URL/$GITHUB_REPOSITORY" "$RUNNER_TEMP/npm"',
  );
  mkdirSync(at("temp/npm"));
  for (const [file, name] of Object.entries(PACKAGES)) {
    mkdirSync(at("packed/package"), { recursive: true });
    writeFileSync(at("packed/package/package.json"), JSON.stringify({ name, version: "0.9.0" }));
    const packed = spawnSync("tar", ["-czf", at(`temp/npm/${file}-0.9.0.tgz`), "-C", at("packed"), "package"]);
    expect(packed.status).toBe(0);
  }
}

/** npm's registry is a folder with a file for each package, of its digest. */
const NPM = `#!/bin/bash
if [ "$1" = view ]; then cat "$REGISTRY/\${2//\\//+}" 2>/dev/null; exit; fi
package=$(tar -xzOf "\${@: -1}" package/package.json | jq -r '"\\(.name)@\\(.version)"')
[ "$package" = "$REFUSED" ] && exit 1
echo "sha512-$(openssl dgst -sha512 -binary "\${@: -1}" | base64 --wrap=0)" > "$REGISTRY/\${package//\\//+}"
echo "$*" >> "$REGISTRY/log"
`;

function publishToNpm(): void {
  mkdirSync(at("registry"));
  writeFileSync(at("bin/npm"), NPM, { mode: 0o755 });
  const publish = (env = {}) =>
    run("publish", "Publish the packages to npm", at("publish"), { REGISTRY: at("registry"), ...env });
  const log = () => readFileSync(at("registry/log"), "utf8").trim().split("\n");
  const published = (name: string) => `publish --provenance --access public ./release/assets/${name}-0.9.0.tgz`;
  // Half way: what is there already is left alone by the next attempt.
  expect(publish({ REFUSED: "@muster/infra@0.9.0" }).status).toBe(1);
  expect(log()).toEqual(["muster-pipeline", "create-muster", "muster"].map(published));
  expect(publish()).toMatchObject({ status: 0 });
  expect(log()).toEqual(
    ["muster-pipeline", "create-muster", "muster", "muster-infra", "muster-recipes", "muster-simulation"].map(
      published,
    ),
  );
  writeFileSync(at("registry/muster@0.9.0"), "sha512-another\n");
  expect(publish()).toMatchObject({
    status: 1,
    said: expect.stringContaining("::error::the registry has another muster@0.9.0 than this release"),
  });
  rmSync(at("bin/npm"));
}

test("a commit that main does not have is not released", () => {
  const refusing = (status: string) => {
    fakeGh(status);
    return run("check", "Refuse what main does not have", folder);
  };
  for (const status of ["identical", "behind"]) expect(refusing(status)).toMatchObject({ status: 0, said: "" });
  expect(readFileSync(at("gh.log"), "utf8")).toBe("api\nrepos/o/r/compare/main...1111111\n--jq\n.status\n");
  for (const status of ["ahead", "diverged"]) {
    expect(refusing(status).status).toBe(1);
    expect(refusing(status).said).toContain("::error::v0.9.0 is on 1111111, which main does not have");
  }
});

const check = (env = {}) =>
  run(
    "check",
    "Refuse a tag that is not the packages' version, or of which the changelog says nothing",
    at("clone"),
    env,
  );
const inClone = (script: string) => {
  const done = bash(script, at("clone"));
  expect(done, done.said).toMatchObject({ status: 0 });
};

test("a tag that is not the packages' version, or of which the changelog says nothing, is refused", () => {
  expect(check()).toMatchObject({
    status: 1,
    said: expect.stringContaining("the tag is v0.9.0, and other versions stand in"),
  });
  const { version } = JSON.parse(readFileSync(at("clone/package.json"), "utf8")) as { version: string };
  const changelog = readFileSync(at("clone/CHANGELOG.md"), "utf8");
  writeFileSync(at("clone/CHANGELOG.md"), changelog.replaceAll(`## ${version}`, "## another"));
  const silent = check({ GITHUB_REF_NAME: `v${version}` });
  expect(silent).toMatchObject({ status: 1, said: expect.stringContaining("CHANGELOG.md has no section") });
  inClone("git checkout --quiet CHANGELOG.md");
});

test("a tag becomes a release that its own checksums hold for, of packages that Muster built of it", {
  timeout: 600_000,
}, () => {
  const changelog = at("clone/CHANGELOG.md");
  writeFileSync(
    changelog,
    readFileSync(changelog, "utf8").replace("## Unreleased\n", "## Unreleased\n\n- What is new.\n"),
  );
  inClone(
    `npx --yes pnpm@10.34.9 --silent --filter pipeline-muster run release prepare 0.9.0
     git -c user.name=t -c user.email=t@localhost commit --quiet --all --message "Release 0.9.0"
     git tag v0.9.0`,
  );
  expect(check()).toMatchObject({ status: 0, stdout: "0.9.0 can be released\n" });

  const built = run("packages", "Build them with Muster", at("clone"));
  expect(built, built.said).toMatchObject({ status: 0 });
  const bundled = run("assets", "Bundle the agent", at("clone"));
  expect(bundled, bundled.said).toMatchObject({ status: 0 });
  packageStandIns();
  const laidOut = run("assets", "assets", at("clone"), { ARCHITECTURES: architecture });
  expect(laidOut, laidOut.said).toMatchObject({ status: 0 });
  const [, sha256 = ""] = /^sha256=([0-9a-f]{64})\n$/.exec(laidOut.output) ?? [];

  // Another machine, which gets the folder and the digest.
  mkdirSync(at("publish"));
  cpSync(at("temp/release"), at("publish/release"), { recursive: true });
  const verify = () =>
    run("publish", "Refuse what is not exactly what was laid out", at("publish"), { SHA256: sha256 });
  expect(verify(), verify().said).toMatchObject({ status: 0 });
  writeFileSync(at("publish/release/assets/another"), "");
  expect(verify()).toMatchObject({
    status: 1,
    said: expect.stringContaining("::error::there are files that SHA256SUMS does not list"),
  });
  rmSync(at("publish/release/assets/another"));

  writeFileSync(at("bundle.json"), "{}\n");
  publishToNpm();
  fakeGh("");
  expect(run("publish", "Publish it", at("publish"), { PROVENANCE: at("bundle.json") })).toMatchObject({ status: 0 });
  const names = [
    "SHA256SUMS",
    "create-muster-0.9.0.tgz",
    "muster-0.9.0.sigstore.json",
    "muster-0.9.0.tar.gz",
    "muster-0.9.0.tgz",
    `muster-agent-linux-${architecture === "amd64" ? "x86_64" : "arm64"}.tar.gz`,
    "muster-infra-0.9.0.tgz",
    "muster-pipeline-0.9.0.tgz",
    "muster-recipes-0.9.0.tgz",
    "muster-simulation-0.9.0.tgz",
    ...["bookworm", "noble", "trixie"].map((codename) => `muster_0.9.0-1~${codename}_${architecture}.deb`),
  ];
  expect(readFileSync(at("gh.log"), "utf8").trim().split("\n")).toEqual([
    ...["release", "create", "v0.9.0", "--repo", "o/r", "--verify-tag", "--title", "Muster 0.9.0"],
    ...["--notes-file", "release/notes.md"],
    ...names.map((name) => `release/assets/${name}`),
  ]);
  const notes = readFileSync(at("publish/release/notes.md"), "utf8");
  expect(notes).toMatch(/^- What is new\.\n/);
  expect(notes).not.toMatch(/^## /m);

  const unpacked = bash(
    `dpkg-deb -x release/assets/muster_0.9.0-1~bookworm_${architecture}.deb unpacked && unpacked/usr/bin/muster --version
     tar -tzf release/assets/muster-agent-linux-*.tar.gz`,
    at("publish"),
  );
  expect(unpacked.stdout).toMatch(/^0\.9\.0\n/);
  expect(unpacked.stdout).toContain("node\n");

  const deb = at("publish/release/assets", names.at(-1) ?? "");
  writeFileSync(deb, "poison");
  expect(verify()).toMatchObject({ status: 1, said: expect.stringContaining("FAILED") });
  const sums = at("publish/release/assets/SHA256SUMS");
  writeFileSync(sums, readFileSync(sums, "utf8").replace(/^[0-9a-f]{8}/, "00000000"));
  expect(verify()).toMatchObject({ status: 1, said: expect.stringContaining("SHA256SUMS: FAILED") });
});
