import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { assetNames, collectAssets } from "./collect-assets.ts";

const packages = ["muster-1.2.3.tgz", "muster-pipeline-1.2.3.tgz"];
const amd64 = [
  "muster-1.2.3.tar.gz",
  "muster-1.2.3.tgz",
  "muster-agent-linux-x86_64.tar.gz",
  "muster-pipeline-1.2.3.tgz",
  "muster_1.2.3-1~bookworm_amd64.deb",
  "muster_1.2.3-1~noble_amd64.deb",
  "muster_1.2.3-1~trixie_amd64.deb",
];

let folder: string;
const at = (...path: string[]) => join(folder, ...path);
const write = (path: string, content = path) => {
  mkdirSync(dirname(at(path)), { recursive: true });
  writeFileSync(at(path), content);
};
const collect = (...sources: string[]) =>
  collectAssets(
    sources.map((each) => at(each)),
    { version: "1.2.3", architectures: ["amd64"], packages, folder: at("release") },
  );

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "muster-assets-"));
  for (const name of amd64.filter((each) => each.endsWith(".deb"))) write(`built/packages/1.2.3/x/${name}`);
  write("built/muster-1.2.3.tar.gz", "source");
  write("agents/muster-agent-linux-x86_64.tar.gz");
  for (const name of packages) write(`npm/${name}`);
});
afterEach(() => rmSync(folder, { recursive: true }));

test("a release is a package for each platform and architecture, an agent for each architecture, npm's, and the source", () => {
  expect(assetNames("1.2.3", { architectures: ["amd64"], packages })).toEqual(amd64);
  expect(assetNames("1.2.3", { architectures: ["amd64", "arm64"], packages })).toHaveLength(11);
});

test("all of it lies in one folder, with checksums that sha256sum verifies", async () => {
  write("built/muster-1.2.2.tar.gz", "another version's");
  write("built/packages/1.2.3/x/muster_1.2.3-1~noble.sha256", "what the build keeps for itself");
  const sha256 = await collect("built", "agents", "npm");
  expect(readdirSync(at("release")).sort()).toEqual(["SHA256SUMS", ...amd64]);
  const check = (sums: string, cwd: string) =>
    spawnSync("sha256sum", ["--check", "--strict"], { cwd: at(cwd), input: sums, encoding: "utf8" });
  expect(spawnSync("sha256sum", ["--check", "--strict", "SHA256SUMS"], { cwd: at("release") }).status).toBe(0);
  expect(check(`${sha256}  release/SHA256SUMS\n`, ".").status).toBe(0);
  writeFileSync(at("release", amd64[0] ?? ""), "poison");
  expect(spawnSync("sha256sum", ["--check", "--strict", "SHA256SUMS"], { cwd: at("release") }).status).toBe(1);
});

test("a file that is missing ends it, by its name", async () => {
  await expect(collect("built", "npm")).rejects.toThrow("the release lacks muster-agent-linux-x86_64.tar.gz");
});

test("what two machines made of one source must be the same, byte by byte", async () => {
  write("other/muster-1.2.3.tar.gz", "source");
  await collect("built", "agents", "npm", "other");
  write("other/muster-1.2.3.tar.gz", "other source");
  await expect(collect("built", "agents", "npm", "other")).rejects.toThrow("the same source must give the same bytes");
});
