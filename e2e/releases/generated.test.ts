import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { filesIn, packAll } from "../src/installed/packed.ts";
import { type Registry, startRegistry } from "../src/installed/registry.ts";
import { findTerraformStub } from "../src/installed/terraform-stub.ts";
import { isRoot, keepChroots, restoreChroots } from "./chroots.ts";
import { lacking } from "./release-repository.ts";

/** What `npm create muster` writes, run to its end as its first lines say: outside of the checkout, with packages from a registry. */
const run = promisify(execFile);
const ofChroots = await lacking("apt-ftparchive", "dpkg-deb", "gpg", "lintian", "mmdebstrap", "zstd");
if (!isRoot) ofChroots.push("root");
if (ofChroots.length > 0) console.log(`packages are not built in chroots: there is no ${ofChroots.join(", ")}`);
const stub = findTerraformStub();
if ("missing" in stub) console.log(`Terraform is not asked: ${stub.missing}`);

let folder: string;
let registry: Registry;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "muster-generated-"));
  const packed = await packAll(join(folder, "tarballs"));
  const manifests = new Map<string, object>();
  for (const each of packed) {
    const files = await filesIn(each, await mkdtemp(join(folder, "unpacked-")));
    manifests.set(each.name, JSON.parse(files.get("package.json") ?? "{}"));
  }
  const { stdout: others } = await run("npm", ["config", "get", "registry"]);
  registry = await startRegistry(packed, { manifests, others: others.trim() });
});
afterAll(async () => {
  await registry?.[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true, maxRetries: 5 });
});

/** As somebody types it; both streams, or an error that holds them. */
async function type(cwd: string, line: string, env: Readonly<Record<string, string>> = {}): Promise<string> {
  const path = [dirname(process.execPath), process.env.PATH].join(delimiter);
  const npm = { npm_config_registry: registry.url, npm_config_prefer_offline: "true", npm_config_loglevel: "error" };
  const options = { cwd, env: { ...process.env, ...npm, PATH: path, ...env }, maxBuffer: 2 ** 26 };
  return run("sh", ["-c", `${line} 2>&1`], options).then(
    ({ stdout }) => stdout,
    ({ stdout }) => {
      throw new Error(`${line}: ${stdout}`);
    },
  );
}

/** What npx has fetched here before may be another build of the same version. */
const freshCache = () => ({ npm_config_cache: join(folder, "cache") });

const kinds = [
  { what: "tarball", platforms: ["any"], steps: 2, lacks: [] },
  { what: "deb", platforms: ["debian-12-bookworm", "debian-13-trixie"], steps: 4, lacks: [] },
  { what: "apt", platforms: ["debian-12-bookworm", "debian-13-trixie"], steps: 6, lacks: ofChroots },
] as const;

describe.each(kinds)("a repository of $what, with a stage on AWS,", ({ what, platforms, steps, lacks }) => {
  const project = () => join(folder, what, "hello");
  const downloads = () => join(project(), ".muster/s3/hello-downloads");

  test("is written and installed, and its own test passes", async () => {
    await mkdir(join(folder, what));
    const begun = await type(
      join(folder, what),
      `npm create --yes muster hello -- --yes --what ${what} --aws`,
      freshCache(),
    );
    expect(begun).toContain("Next: cd hello && git init && npm install && npx muster build\n");
    await type(project(), "git init --quiet && npm install --no-fund --no-audit");
    expect(await type(project(), "npm test")).toMatch(/^(# |ℹ )fail 0$/m);
    expect(await type(project(), "npm run plan")).toContain(` of ${steps} tasks would run`);
  });

  test.skipIf(lacks.length > 0)("is built, with nothing committed, to what can be installed", async () => {
    const stores = { scratch: join(project(), ".muster/s3/hello-scratch") };
    await restoreChroots(stores);
    const built = await type(project(), "npx muster build");
    await keepChroots(stores);
    expect(built).toContain(`${steps} tasks done, 0 skipped, 0 failed`);
    const [, version = ""] = /^build (\S+?)_/m.exec(built) ?? [];
    expect(await checkDownloads[what](downloads(), { version, platforms })).toBeUndefined();
    expect(await type(project(), "npx muster build")).toContain("0 tasks done");
  });

  test("its stage is bundled and synthesised, and Terraform applies it where it is", async () => {
    expect(await type(project(), "npx muster-infra bundle")).toContain("muster-agent-linux-x86_64.tar.gz");
    expect(await type(project(), "npx muster-infra")).toBe("");
    const stack = join(project(), "cdktf.out/stacks/production");
    const { resource } = JSON.parse(await readFile(join(stack, "cdk.tf.json"), "utf8"));
    expect(Object.keys(resource.aws_lambda_function)).toContain("PrepareActivity");
    if ("missing" in stub) return;
    const said = await stub.apply(stack, project());
    expect(said).toMatch(/Apply complete! Resources: \d{3} added, 0 changed, 0 destroyed/);
  });
});

test("with a Node that is too old nothing is installed, and npm says which it takes", async () => {
  await type(folder, "npm create --yes muster old -- --yes --what tarball", freshCache());
  const old = join(folder, "old");
  // npm takes the first node that it finds.
  await expect(type(old, "npx --yes --package=node@20 npm install")).rejects.toThrow(
    /EBADENGINE.*Required: .*>=22\.18/s,
  );
  expect(existsSync(join(old, "node_modules"))).toBe(false);
});

interface Built {
  readonly version: string;
  readonly platforms: readonly string[];
}

/** What users get of each kind, as they would check it. */
const checkDownloads: Readonly<Record<(typeof kinds)[number]["what"], (cwd: string, built: Built) => Promise<void>>> = {
  async tarball(cwd, { version }) {
    await type(cwd, `sha256sum --check --strict hello-${version}.tar.gz.sha256`);
    expect(await type(cwd, `tar -tzf hello-${version}.tar.gz`)).toContain(`hello-${version}/pipeline.ts\n`);
  },
  async deb(cwd, { version, platforms }) {
    await type(join(cwd, version), "sha256sum --check --strict SHA256SUMS");
    for (const platform of platforms)
      expect(await type(join(cwd, version), `dpkg-deb -c hello_${version}_${platform}.deb`)).toContain("usr/bin/hello");
  },
  // The pipeline's own last step has installed it by apt, and run it.
  async apt(cwd, { platforms }) {
    for (const platform of platforms) {
      const suite = `debian/dists/${platform.split("-").at(-1)}`;
      await type(cwd, `gpgv --keyring ./hello-archive-keyring.gpg ${suite}/InRelease`);
      expect(await type(cwd, `zcat ${suite}/main/binary-*/Packages.gz`)).toMatch(/^Package: hello$/m);
    }
  },
};
