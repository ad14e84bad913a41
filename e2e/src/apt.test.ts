import { execFile } from "node:child_process";
import { cp, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createWorkspace, type Workspace } from "./workspace.ts";

const run = promisify(execFile);

/** What a release looks like to those who use it: through apt and gpgv, with configuration and folders of the test's own. */
let workspace: Workspace;
let downloads: string;
let web: { url: string; server: Server };

beforeAll(async () => {
  workspace = await createWorkspace({ MUSTER_PIPELINE: "muster" });
  const { exitCode, stderr, stdout } = await workspace.muster("build", "1.2.3", "1.10.0", "--input", "builder=none");
  expect(exitCode, stderr + stdout).toBe(0);
  downloads = /^downloads: (.*)$/m.exec(stdout)?.[1] ?? "";
  web = await serve(downloads);
});
afterAll(async () => {
  web.server.close();
  await workspace[Symbol.asyncDispose]();
});

/** The download bucket as users reach it: over HTTP, with nothing but files. */
async function serve(folder: string): Promise<{ url: string; server: Server }> {
  const server = createServer((request, response) => {
    readFile(join(folder, decodeURIComponent(request.url ?? "")))
      .then((content) => response.end(content))
      .catch(() => response.writeHead(404).end());
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, server };
}

/** apt that knows these sources alone, and nothing of the machine's. */
async function apt(name: string, sources: readonly string[]) {
  const dir = join(workspace.dir, name);
  for (const folder of ["etc/apt.conf.d", "etc/preferences.d", "etc/trusted.gpg.d", "etc/sources.list.d"]) {
    await mkdir(join(dir, folder), { recursive: true });
  }
  for (const folder of ["lists/partial", "cache/archives/partial", "downloaded"]) {
    await mkdir(join(dir, folder), { recursive: true });
  }
  await writeFile(join(dir, "status"), "");
  await writeFile(join(dir, "etc/sources.list"), sources.map((source) => `${source}\n`).join(""));
  await writeFile(
    join(dir, "apt.conf"),
    [
      `Dir::Etc "${dir}/etc";`,
      `Dir::State "${dir}";`,
      `Dir::State::status "${dir}/status";`,
      `Dir::Cache "${dir}/cache";`,
      // Errors of single sources count, and nobody's privileges need to be dropped in a temporary folder.
      'APT::Update::Error-Mode "any";',
      'APT::Sandbox::User "";',
      "",
    ].join("\n"),
  );
  const options = {
    cwd: join(dir, "downloaded"),
    env: { PATH: "/usr/sbin:/usr/bin:/sbin:/bin", HOME: dir, LANG: "C.UTF-8", APT_CONFIG: join(dir, "apt.conf") },
  };
  return {
    folder: options.cwd,
    get: async (...args: string[]) => (await run("apt-get", args, options)).stdout,
    cache: async (...args: string[]) => (await run("apt-cache", args, options)).stdout,
  };
}

const source = (base: string, family: string, codename: string): string =>
  `deb [signed-by=${join(downloads, "muster-archive-keyring.gpg")}] ${base}/${family} ${codename} main`;

test.for([
  { family: "debian", codename: "bookworm" },
  { family: "debian", codename: "trixie" },
  { family: "ubuntu", codename: "noble" },
])("apt finds, verifies and downloads the package for $codename, over HTTP", async ({ family, codename }) => {
  const { folder, get, cache } = await apt(`apt-${codename}`, [source(web.url, family, codename)]);
  await get("update");
  await get("download", "muster");
  const [deb = ""] = await readdir(folder);
  expect(deb).toMatch(new RegExp(`^muster_1\\.10\\.0-1~${codename}_[a-z0-9]+\\.deb$`));
  const { stdout: version } = await run("dpkg-deb", ["--field", join(folder, deb), "Version"]);
  expect(version).toBe(`1.10.0-1~${codename}\n`);
  expect(await cache("madison", "muster")).toMatch(
    new RegExp(`1\\.10\\.0-1~${codename}.*\\n.*1\\.2\\.3-1~${codename}`),
  );
});

test("the line that a build prints is one that apt takes", async () => {
  const { stdout } = await workspace.muster("build", "1.2.3", "PublishSourceTarball");
  const lines = [...stdout.matchAll(/^apt: +(deb .*)$/gm)].map(([, line = ""]) => line);
  expect(lines).toHaveLength(3);
  const { folder, get } = await apt("apt-printed", lines.slice(0, 1));
  await get("update");
  await get("download", "muster=1.2.3-1~*");
  expect(await readdir(folder)).toEqual([expect.stringMatching(/^muster_1\.2\.3-1~/)]);
});

test("apt refuses an index that was changed after it was signed", async () => {
  const tampered = join(workspace.dir, "tampered");
  await cp(join(downloads, "debian/dists"), join(tampered, "debian/dists"), { recursive: true });
  const file = join(tampered, "debian/dists/bookworm/InRelease");
  await writeFile(file, (await readFile(file, "utf8")).replace("Origin: Muster", "Origin: Mutter"));
  const { get } = await apt("apt-tampered", [source(`file:${tampered}`, "debian", "bookworm")]);
  await expect(get("update")).rejects.toThrow(/InRelease.*(BADSIG|invalid)|not signed/s);
});

test("the source tarball's checksum and signature hold, and the checksum that scripts check is the same", async () => {
  const folder = join(downloads, "source");
  const gpgv = ["--keyring", join(downloads, "muster-archive-keyring.gpg")];
  await run("sha256sum", ["--check", "muster-1.2.3.tar.gz.sha256"], { cwd: folder });
  await run("gpgv", [...gpgv, "muster-1.2.3.tar.gz.sig", "muster-1.2.3.tar.gz"], { cwd: folder });
  await expect(
    run("gpgv", [...gpgv, "muster-1.2.3.tar.gz.sig", "muster-1.10.0.tar.gz"], { cwd: folder }),
  ).rejects.toThrow("BAD signature");
});

test("the private key is not where users download", async () => {
  const files = await readdir(downloads, { recursive: true, withFileTypes: true });
  const keys = files.filter((file) => file.isFile() && /\.(asc|gpg)$/.test(file.name)).map(({ name }) => name);
  expect([...new Set(keys)].sort()).toEqual(["Release.gpg", "muster-archive-keyring.gpg"]);
  // A binary OpenPGP file begins with its first packet's tag: 6, a public key, in the format that has the two top bits set.
  const keyring = await readFile(join(downloads, "muster-archive-keyring.gpg"));
  expect(keyring[0]).toBe(0xc0 | 6);
});

// The last, for it takes away what the tests before look at.
test("a release that is withdrawn is one that apt offers no longer: it updates, and has the version before", async () => {
  const withdrawn = await workspace.muster("withdraw", "1.10.0", "--reason", "it crashes on start");
  expect(withdrawn.exitCode, withdrawn.stderr + withdrawn.stdout).toBe(0);
  const { folder, get, cache } = await apt("apt-withdrawn", [source(web.url, "debian", "bookworm")]);
  await get("update");
  expect(await cache("madison", "muster")).not.toContain("1.10.0");
  await get("download", "muster");
  expect(await readdir(folder)).toEqual([expect.stringMatching(/^muster_1\.2\.3-1~bookworm_/)]);
  const again = await workspace.muster("build", "1.10.0", "--input", "builder=none");
  expect(again).toMatchObject({ exitCode: 2, stderr: expect.stringContaining("it crashes on start") });
});
