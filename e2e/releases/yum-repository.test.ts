import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { type SigningKey, yumRepository } from "@muster/recipes";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { openKeyring } from "../src/recipes/keyring.ts";
import { type RecipeBench, recipeBench } from "../src/recipes/recipe-bench.ts";
import { lacking } from "./release-repository.ts";

const run = promisify(execFile);
const missing = await lacking("createrepo_c", "dnf", "gpg", "gpgv", "rpm", "rpmbuild", "rpmsign");
if (missing.length > 0) console.log(`yum repositories are not tried: this machine has no ${missing.join(", ")}`);

const key: SigningKey = { name: "hello", from: { kind: "generated" } };
const repository = "rpm/fedora-42";
const publish = (...withdrawn: string[]) => yumRepository([{ name: "hello", withdrawn }], { key });
const full = (version: string) => `${version}-1.fc42`;
const packageOf = (version: string) => `packages/hello/${full(version)}/hello-${full(version)}.noarch.rpm`;

let bench: RecipeBench;

/** Makes a package as rpmPackage does, and names it where that would. */
async function build(version: string): Promise<void> {
  const top = join(bench.folder, `rpm-${version}`);
  await mkdir(top);
  const spec = `Name: hello
Version: ${version}
Release: 1%{?dist}
Summary: Greets
License: MIT
BuildArch: noarch
AutoReqProv: no
%description
Greets.
%install
mkdir -p %{buildroot}/usr/bin
printf '#!/bin/sh\\necho hello ${version}\\n' >%{buildroot}/usr/bin/hello
chmod 755 %{buildroot}/usr/bin/hello
%files
/usr/bin/hello
`;
  await writeFile(join(top, "hello.spec"), spec);
  const defined = [`_topdir ${top}`, "dist .fc42", "_build_name_fmt %%{NAME}-%%{VERSION}-%%{RELEASE}.%%{ARCH}.rpm"];
  const defines = defined.flatMap((each) => ["--define", each]);
  await run("rpmbuild", [
    "-bb",
    "--quiet",
    "--define",
    "__os_install_post %{nil}",
    ...defines,
    "--define",
    "_binary_payload w1.gzdio",
    join(top, "hello.spec"),
  ]);
  const name = `hello-${full(version)}.noarch.rpm`;
  const content = await readFile(join(top, "RPMS", name));
  const folder = `packages/hello/fedora-42-${full(version)}`;
  await bench.write("scratch", `${folder}/${name}`, content);
  const sum = createHash("sha256").update(content).digest("hex");
  await bench.write("scratch", `${folder}/hello-${full(version)}.sha256`, `${sum}  ${name}\n`);
}

/** A user's dnf, which takes nothing that is not signed. */
async function dnf(root: string, ...words: string[]): Promise<string> {
  const folder = join(bench.folder, root);
  const url = `${bench.url}/downloads`;
  await mkdir(join(folder, "etc/yum.repos.d"), { recursive: true });
  await writeFile(
    join(folder, "etc/yum.repos.d/hello.repo"),
    `[hello]\nname=hello\nbaseurl=${url}/${repository}\ngpgcheck=1\nrepo_gpgcheck=1\nskip_if_unavailable=0\n` +
      `gpgkey=${url}/hello-archive-keyring.asc\n`,
  );
  const options = [`--installroot=${folder}`, "--releasever=42", "--assumeyes", "--setopt=install_weak_deps=0"];
  const kept = [`--setopt=cachedir=${folder}/cache`, `--setopt=reposdir=${folder}/etc/yum.repos.d`, "--refresh"];
  return (await run("dnf", ["--quiet", ...options, ...kept, ...words])).stdout;
}

const offered = async (root: string) => (await dnf(root, "repoquery", "--qf", "%{version}")).trim().split("\n").sort();
const names = async () => (await bench.keys("downloads")).filter((each) => each.startsWith("rpm/"));

beforeAll(async () => {
  if (missing.length > 0) return;
  bench = await recipeBench();
  // Its user id is not what its file is called.
  await using keyring = await openKeyring();
  await keyring.generate("Releases <releases@example.org>");
  await bench.write("state", "signing/hello.asc", await keyring.gpg(["--armor", "--export-secret-keys"]));
  for (const version of ["1.0", "1.1", "1.2"]) await build(version);
});
afterEach(() => {
  if (bench !== undefined) bench.onPut = () => false;
});
afterAll(() => bench?.[Symbol.asyncDispose]());

describe.skipIf(missing.length > 0)("a yum repository", () => {
  test("has all versions, signed; rpm takes each, and dnf the newest", async () => {
    for (const version of ["1.0", "1.1"]) {
      const { exitCode, output } = await bench.run(publish(), version);
      expect(exitCode, output).toBe(0);
    }
    const db = ["--dbpath", join(bench.folder, "rpmdb")];
    const file = (name: string) => join(bench.folder, name);
    await writeFile(file("key.asc"), await bench.read("downloads", "hello-archive-keyring.asc"));
    await run("rpm", [...db, "--import", file("key.asc")]);
    for (const version of ["1.0", "1.1"]) {
      await writeFile(file("published.rpm"), await bench.read("downloads", `${repository}/${packageOf(version)}`));
      expect((await run("rpm", [...db, "-K", file("published.rpm")])).stdout).toMatch(/digests signatures OK$/m);
    }
    await dnf("root", "makecache");
    expect(await offered("root")).toEqual(["1.0", "1.1"]);
    await dnf("root", "install", "hello");
    expect((await run(join(bench.folder, "root/usr/bin/hello"))).stdout).toBe("hello 1.1\n");
  });

  test("is as it was where an attempt ended early, and whole after the next", async () => {
    const before = await bench.read("downloads", `${repository}/repodata/repomd.xml`);
    for (const end of [/primary/, /repomd.xml$/, /repomd.xml.asc$/, /SHA256SUMS$/]) {
      bench.onPut = (name) => name.startsWith(repository) && end.test(name) && !/[0-9a-f]-repomd/.test(name);
      expect((await bench.run(publish(), "1.2")).exitCode, `${end}`).not.toBe(0);
      if (String(end).includes("asc") || String(end).includes("SUMS")) continue;
      expect(await bench.read("downloads", `${repository}/repodata/repomd.xml`)).toEqual(before);
      expect(await offered("root")).toEqual(["1.0", "1.1"]);
    }
    bench.onPut = () => false;
    const { exitCode, output } = await bench.run(publish(), "1.2");
    expect(exitCode, output).toBe(0);
    expect(await offered("root")).toEqual(["1.0", "1.1", "1.2"]);
    // Whoever comes again leaves what is there as it is.
    expect((await bench.run(publish(), "1.2")).note).toBe("nothing new");
    const list = `${repository}/packages/hello/${full("1.2")}/SHA256SUMS`;
    expect((await bench.read("downloads", list)).toString()).toMatch(/^[0-9a-f]{64} {2}hello-1.2-1.fc42.noarch.rpm\n$/);
  });

  test("is never written over what another build has published meanwhile", async () => {
    const theirs = await bench.read("downloads", `${repository}/repodata/repomd.xml`);
    bench.onPut = (name) => {
      if (name.endsWith("-primary.xml.gz"))
        void bench.write("downloads", `${repository}/repodata/repomd.xml`, `${theirs} `);
      return false;
    };
    const { exitCode, output } = await bench.run(publish("1.0"), "1.0");
    expect(exitCode).toBe(1);
    expect(output).toContain("was published by another build meanwhile: build again");
    await bench.write("downloads", `${repository}/repodata/repomd.xml`, theirs);
  });

  test("has a withdrawn version no longer, nor its files, also where a first attempt was cut off", async () => {
    bench.onPut = (name) => name.endsWith("/repomd.xml.asc");
    expect((await bench.run(publish("1.1"), "1.1")).exitCode).not.toBe(0);
    bench.onPut = () => false;
    const { exitCode, output } = await bench.run(publish("1.1"), "1.1");
    expect(exitCode, output).toBe(0);
    expect(await offered("root")).toEqual(["1.0", "1.2"]);
    const found = (await names()).filter((name) => name.includes("/packages/"));
    expect(found.filter((name) => name.includes("1.1"))).toEqual([]);
    expect(found.filter((name) => name.endsWith(".rpm"))).toEqual(
      ["1.0", "1.2"].map((each) => `${repository}/${packageOf(each)}`),
    );
  });

  test("that somebody else has written, or a package of it, is taken by nobody", async () => {
    const repomd = `${repository}/repodata/repomd.xml`;
    const ours = await bench.read("downloads", repomd);
    await bench.write("downloads", repomd, ours.toString().replace("<revision>", "<revision>1"));
    await expect(dnf("other", "makecache")).rejects.toThrow(/repomd.xml GPG signature verification error/);
    expect((await bench.run(publish(), "1.2")).output).toMatch(
      /error: .*repomd.xml does not bear the signature of hello/,
    );
    await bench.write("downloads", repomd, ours);
    const file = `${repository}/${packageOf("1.2")}`;
    const content = await bench.read("downloads", file);
    content.writeUInt8(content.readUInt8(content.length - 9) ^ 1, content.length - 9);
    await bench.write("downloads", file, content);
    await expect(dnf("other", "install", "hello")).rejects.toThrow(/checksum|Error/);
  });
});
