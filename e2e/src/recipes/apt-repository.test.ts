import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { aptRepository, debianBuild, type SigningKey } from "@muster/recipes";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { lacking } from "../../releases/release-repository.ts";
import { type RecipeBench, recipeBench } from "./recipe-bench.ts";

const run = promisify(execFile);
const missing = await lacking("apt-ftparchive", "apt-get", "dpkg-deb", "gpg", "gpgv");
if (missing.length > 0) console.log(`apt repositories are not tried: this machine has no ${missing.join(", ")}`);

const hello = { name: "hello" };
const key: SigningKey = { name: "hello", from: { kind: "generated" } };
const PublishAptRepository = aptRepository([hello], { key });
const suite = "debian/dists/bookworm";

let bench: RecipeBench;

/** Makes a package as debianPackage does, and names it where that would. */
async function build(version: string, text = version): Promise<void> {
  const { debianVersion, folder, checksum } = debianBuild(hello, version, "debian-12-bookworm");
  const root = join(bench.folder, `deb-${version}-${text}`);
  await mkdir(join(root, "DEBIAN"), { recursive: true });
  await writeFile(join(root, "hello"), text);
  await writeFile(
    join(root, "DEBIAN/control"),
    `Package: hello\nVersion: ${debianVersion}\nArchitecture: all\nMaintainer: Me <me@example.org>\nDescription: greets\n`,
  );
  await run("dpkg-deb", ["--root-owner-group", "-Znone", "--build", root, `${root}.deb`]);
  const content = await readFile(`${root}.deb`);
  const name = `hello_${debianVersion}_all.deb`;
  await bench.write("scratch", `${folder.key}${name}`, content);
  const lines = [`${digestOf(content)}  ${name}`, `${digestOf("")}  hello_${debianVersion}.dsc`];
  await bench.write("scratch", checksum.key, `${lines.join("\n")}\n`);
}

const digestOf = (content: string | Buffer) => createHash("sha256").update(content).digest("hex");

const inRelease = async () => (await bench.read("downloads", `${suite}/InRelease`)).toString();

/** Paths in the suite, by their digests, as its signed index has them. */
const listedIn = (text: string) =>
  [...text.matchAll(/^ ([0-9a-f]{64}) +\d+ (\S+)$/gm)].map(([, digest = "", path = ""]) => ({
    digest,
    path,
    byHash: `${suite}/${path.replace(/[^/]*$/, "")}by-hash/SHA256/${digest}`,
  }));

/** What a user's apt offers, which takes nothing that is not signed. */
async function offered(): Promise<string[]> {
  const dir = join(bench.folder, "apt");
  for (const folder of [
    "etc/apt.conf.d",
    "etc/preferences.d",
    "etc/trusted.gpg.d",
    "lists/partial",
    "archives/partial",
  ])
    await mkdir(join(dir, folder), { recursive: true });
  await writeFile(join(dir, "key.gpg"), await bench.read("downloads", "hello-archive-keyring.gpg"));
  const source = `deb [signed-by=${dir}/key.gpg] ${bench.url}/downloads/debian bookworm main\n`;
  await writeFile(join(dir, "etc/sources.list"), source);
  await writeFile(join(dir, "status"), "");
  await writeFile(
    join(dir, "apt.conf"),
    `Dir::Etc "${dir}/etc";\nDir::State "${dir}";\nDir::State::status "${dir}/status";\nDir::Cache "${dir}";\n` +
      'APT::Update::Error-Mode "any";\nAPT::Sandbox::User "";\n',
  );
  const env = { PATH: "/usr/bin:/bin", APT_CONFIG: join(dir, "apt.conf"), LC_ALL: "C.UTF-8" };
  await run("apt-get", ["update"], { env });
  const { stdout } = await run("apt-cache", ["madison", "hello"], { env });
  return [...stdout.matchAll(/hello \| *([^~]+)~bookworm/g)].map(([, version = ""]) => version);
}

beforeAll(async () => {
  if (missing.length > 0) return;
  bench = await recipeBench();
  for (const version of ["1.0.0", "1.1.0"]) await build(version);
  const { exitCode, output } = await bench.run(PublishAptRepository, "1.0.0");
  expect(exitCode, output).toBe(0);
});
afterEach(() => {
  if (bench !== undefined) bench.onPut = () => false;
});
afterAll(() => bench?.[Symbol.asyncDispose]());

describe.skipIf(missing.length > 0)("an apt repository", () => {
  test("has its indices by their digests, and apt asks for no other", async () => {
    const text = await inRelease();
    expect(text).toMatch(/^Acquire-By-Hash: yes$/m);
    const listed = listedIn(text);
    expect(listed.map(({ path }) => path)).toContain("main/binary-amd64/Packages.gz");
    for (const { digest, byHash } of listed) expect(digestOf(await bench.read("downloads", byHash))).toBe(digest);
    await bench.write("downloads", `${suite}/main/binary-amd64/Packages.gz`, "of another time");
    expect(await offered()).toEqual(["1.0.0-1"]);
  });

  test("is as it was where an attempt ended early, and whole after the next; who began before ends with what was", async () => {
    const before = await inRelease();
    for (const end of ["/by-hash/", "/InRelease"]) {
      bench.onPut = (name) => name.startsWith("debian/") && name.includes(end);
      expect((await bench.run(PublishAptRepository, "1.1.0")).exitCode, end).not.toBe(0);
      expect(await inRelease()).toBe(before);
    }
    expect(await offered()).toEqual(["1.0.0-1"]);
    bench.onPut = () => false;
    const { exitCode, output } = await bench.run(PublishAptRepository, "1.1.0");
    expect(exitCode, output).toBe(0);
    expect(await offered()).toEqual(["1.1.0-1", "1.0.0-1"]);
    for (const { digest, byHash } of listedIn(before))
      expect(digestOf(await bench.read("downloads", byHash))).toBe(digest);
  });

  test("offers the version before where one is taken back, once, and has it again where it is published again", async () => {
    await bench.run(PublishAptRepository, "1.1.0");
    expect(await offered()).toEqual(["1.1.0-1", "1.0.0-1"]);
    const pooled = () => bench.keys("downloads").then((keys) => keys.filter((name) => name.endsWith(".deb")));
    const taken = (await pooled()).filter((name) => name.includes("1.1.0"));
    const { exitCode, output, note } = await bench.withdraw(PublishAptRepository, "1.1.0");
    expect(exitCode, output).toBe(0);
    expect(note).toBe("nothing new; 1 withdrawn");
    expect(await offered()).toEqual(["1.0.0-1"]);
    expect(await pooled()).toEqual([expect.stringContaining("hello_1.0.0-1~bookworm_all.deb")]);
    expect((await bench.withdraw(PublishAptRepository, "1.1.0")).note).toBe("nothing new");
    // As where an attempt was cut off between its index and its files: no index names them any more.
    for (const name of taken) await bench.write("downloads", name, "left over");
    await bench.write("downloads", `${taken[0]}`.replace("~bookworm", "~trixie"), "of another suite");
    expect((await bench.withdraw(PublishAptRepository, "1.1.0")).note).toBe("nothing new; 1 withdrawn");
    expect((await pooled()).map((name) => name.replace(/.*_(.*)_.*/, "$1"))).toEqual([
      "1.0.0-1~bookworm",
      "1.1.0-1~trixie",
    ]);
    // A build of another version brings nothing back.
    await bench.run(PublishAptRepository, "1.0.0");
    expect(await offered()).toEqual(["1.0.0-1"]);
    expect((await bench.run(PublishAptRepository, "1.1.0")).exitCode).toBe(0);
    expect(await offered()).toEqual(["1.1.0-1", "1.0.0-1"]);
  });

  test("is not made anew of less than users have, where that cannot be read", async () => {
    const before = await inRelease();
    const { byHash = "" } = listedIn(before).find(({ path }) => path.endsWith("/Packages")) ?? {};
    const index = await bench.read("downloads", byHash);
    await bench.write("downloads", byHash, index.subarray(0, 100));
    await build("1.2.0");
    expect((await bench.run(PublishAptRepository, "1.2.0")).output).toMatch(
      /error: .*binary-amd64\/Packages is not the one that its InRelease names: restore that/,
    );
    expect(await inRelease()).toBe(before);
    await bench.write("downloads", byHash, index);
  });

  test("is never written over what another build has published meanwhile", async () => {
    const theirs = await inRelease();
    bench.onPut = (name) => {
      if (name.includes("/by-hash/")) void bench.write("downloads", `${suite}/InRelease`, `${theirs} `);
      return false;
    };
    const { exitCode, output } = await bench.run(PublishAptRepository, "1.2.0");
    expect(exitCode).toBe(1);
    expect(output).toContain("error: bookworm was published by another build meanwhile: build again");
    expect(await inRelease()).toBe(`${theirs} `);
    await bench.write("downloads", `${suite}/InRelease`, theirs);
  });

  test("takes no package of a version that it has with other content", async () => {
    await build("1.1.0", "something else");
    const { exitCode, output } = await bench.run(PublishAptRepository, "1.1.0");
    expect(exitCode).toBe(1);
    expect(output).toContain("is published in bookworm with other content: give what changed a revision of its own");
    expect(await offered()).toEqual(["1.1.0-1", "1.0.0-1"]);
  });
});
