import { execFile } from "node:child_process";
import { once } from "node:events";
import { chmod, copyFile, mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

const run = promisify(execFile);
const scripts = join(import.meta.dirname, "../scripts");
const isRoot = process.getuid?.() === 0;
const lacks = await run("sh", [
  "-c",
  "command -v mmdebstrap && command -v zstd && test -x /usr/lib/apt/apt-helper",
]).then(
  () => false,
  () => true,
);
if (lacks) console.log("clean roots are not tried: this machine has no mmdebstrap, no zstd or no apt");

/** A mirror that has bookworm, and nothing else. */
const mirror = createServer((request, response) => {
  response.writeHead(request.url === "/debian/dists/bookworm/Release" ? 200 : 404).end("Suite: stable\n");
});
let url: string;
let folder: string;
let init: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "muster-clean-roots-"));
  await chmod(folder, 0o755);
  // A checkout may lie in a folder of its owner's alone: who may make no chroots may not read it either.
  init = join(folder, "init.sh");
  await copyFile(join(scripts, "init.sh"), init);
  await chmod(init, 0o755);
  // Nobody shall wait for apt's second and third try.
  await writeFile(join(folder, "apt.conf"), 'Acquire::Retries "0";\n');
  await once(mirror.listen(0, "127.0.0.1"), "listening");
  url = `http://127.0.0.1:${(mirror.address() as AddressInfo).port}/debian`;
});
afterAll(async () => {
  mirror.close();
  await rm(folder, { recursive: true });
});

/** Calls a function that init gives to scripts, in an empty folder, and answers with what it printed. */
async function call(
  words: readonly string[],
  { through = [] as readonly string[], input = "", env = {} as Readonly<Record<string, string>> } = {},
) {
  const [program = "", ...args] = [
    ...through,
    ...["bash", "-ec", 'source "$0"; cd "$1"; shift; exec 2>&1; "$@"', init, folder, ...words],
  ];
  const child = run(program, args, {
    env: {
      PATH: "/usr/bin:/bin:/usr/sbin:/sbin",
      STATE_BUCKET: "state",
      AWS_ENDPOINT_URL: "http://127.0.0.1:9",
      APT_CONFIG: join(folder, "apt.conf"),
      ...env,
    },
  });
  child.child.stdin?.end(input);
  return child.then(
    ({ stdout }) => ({ failed: false, printed: stdout.trimEnd() }),
    ({ stdout }) => ({ failed: true, printed: String(stdout).trimEnd() }),
  );
}

describe.skipIf(lacks)("before a clean root is made", () => {
  test("a release that the mirror has is taken", async () => {
    expect(await call(["check_chroot", "debian-12-bookworm", url])).toEqual({ failed: false, printed: "" });
  });

  test("one that it has no longer is told in one line, with where old releases are", async () => {
    expect(await call(["check_chroot", "debian-5-lenny", url])).toEqual({
      failed: true,
      printed:
        `error: ${url} has no lenny: name a mirror that has it in the step's { mirror } ` +
        "(old releases are at http://archive.debian.org/debian), or drop debian-5-lenny",
    });
  });

  test("a mirror that nobody reaches is told with the reason", async () => {
    const nobody = "http://127.0.0.1:9/debian";
    const { failed, printed } = await call(["check_chroot", "debian-12-bookworm", nobody]);
    expect(failed).toBe(true);
    expect(printed).toMatch(/^error: http:\/\/127\.0\.0\.1:9\/debian cannot be reached: .*Connection refused.*$/);
  });

  test("a build asks the same before it starts, and for tools", async () => {
    const check = [join(scripts, "check-debian-package.sh")];
    const env = { DISTRO: "debian-5-lenny", MIRROR: url, LINTIAN: "off" };
    expect((await call(check, { env })).printed).toContain(`error: ${url} has no lenny`);
    expect(await call(check, { env: { ...env, DISTRO: "debian-12-bookworm" } })).toEqual({
      failed: false,
      printed: "",
    });
    const bare = join(folder, "bin");
    await mkdir(bare);
    for (const each of ["bash", "dirname"]) await symlink(`/usr/bin/${each}`, join(bare, each));
    expect(await call(check, { env: { ...env, PATH: bare } })).toEqual({
      failed: true,
      printed:
        "error: this machine lacks dpkg-dev xz-utils mmdebstrap zstd: " +
        "run apt-get install dpkg-dev xz-utils mmdebstrap zstd and build again",
    });
  });

  test.runIf(isRoot)("a user who may make no chroots is told what would do", async () => {
    const through = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"];
    const { failed, printed } = await call(["check_chroot", "debian-12-bookworm", url], { through });
    expect(failed).toBe(true);
    expect(printed).toMatch(/^error: chroots cannot be made here: run as root, or .*nobody.*\/etc\/subuid.*$/);
  });
});

test("what a clean root prints is passed on, and a full disk is known from it", async () => {
  const line = "cc1plus: error: writing output: No space left on device";
  expect(await call(["watch_disk"], { input: `one\n${line}\ntwo\n` })).toEqual({
    failed: false,
    printed: `one\n${line}\ntwo\n${line}`,
  });
  expect(await call(["watch_disk"], { input: "one\ntwo\n" })).toEqual({ failed: false, printed: "one\ntwo" });
});
