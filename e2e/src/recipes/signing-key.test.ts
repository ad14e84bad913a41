import { aptRepository, type SigningKey, sourceTarball, yumRepository } from "@muster/recipes";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { lacking } from "../../releases/release-repository.ts";
import { type Keyring, openKeyring } from "./keyring.ts";
import { type RecipeBench, recipeBench } from "./recipe-bench.ts";

const missing = await lacking("gpg", "gpgv", "apt-ftparchive", "createrepo_c", "rpmsign");
if (missing.length > 0) console.log(`signing keys are not tried: this machine has no ${missing.join(", ")}`);

const hello = { name: "hello" };
const key: SigningKey = { name: "hello", from: { kind: "generated" } };
const MakeSourceTarball = sourceTarball(hello, { key });
const signing = [MakeSourceTarball, aptRepository([hello], { key }), yumRepository([hello], { key })];

let bench: RecipeBench;
let keyring: Keyring;
let keys: Readonly<Record<string, Buffer>>;

const secret = (name: string, ...args: string[]) => keyring.gpg([...args, "--armor", "--export-secret-keys", name]);

/** The secret key and its name, without the signature that binds them. @see RFC 4880, section 4.2 */
function withoutSignature(key: Buffer): Buffer {
  const packet = (at: number) => 3 + key.readUInt16BE(at + 1);
  const name = packet(0);
  return key.subarray(0, name + 2 + key.readUInt8(name + 1));
}

async function makeKeys(): Promise<Record<string, Buffer>> {
  const good = await keyring.generate("Good");
  await keyring.generate("Old", { at: "20200101T000000", expires: "1y" });
  await keyring.generate("Locked", { passphrase: "a passphrase" });
  const revoked = await keyring.generate("Revoked");
  await keyring.revoke(revoked);
  const text = await secret(good);
  await keyring.gpg(["--quick-set-expire", good, "5y"]);
  return {
    expired: await secret("Old"),
    revoked: await secret(revoked),
    locked: await secret("Locked", "--passphrase", "a passphrase"),
    public: await keyring.gpg(["--armor", "--export", good]),
    unsigned: withoutSignature(await keyring.gpg(["--export-secret-keys", good])),
    two: Buffer.concat([text, await secret("Old")]),
    garbled: Buffer.from(text.toString().replace(/\n(.{20})/, "\n$1A")),
    other: Buffer.from("a text"),
    empty: Buffer.from(""),
    good: text,
    extended: await secret(good),
    another: await secret(await keyring.generate("Another")),
  };
}

beforeAll(async () => {
  if (missing.length > 0) return;
  keyring = await openKeyring();
  bench = await recipeBench();
  keys = await makeKeys();
});
afterAll(async () => {
  await bench?.[Symbol.asyncDispose]();
  await keyring?.[Symbol.asyncDispose]();
});

const from = "error: the signing key hello, from s3://state/signing/hello.asc,";

describe.skipIf(missing.length > 0)("a signing key", () => {
  test.each([
    ["expired", "has expired: extend it (gpg --quick-set-expire) and store it again"],
    ["revoked", "is revoked: store another, and give users its public half"],
    ["locked", "has a passphrase: store it without (gpg --change-passphrase)"],
    ["public", "is a public key: store the secret one, which gpg --armor --export-secret-keys prints"],
    ["unsigned", "bears no signature of its own, or was cut off: store what gpg --armor --export-secret-keys prints"],
    ["two", "is more than one key: store the one that signs"],
    ["garbled", "is no OpenPGP key: store what gpg --armor --export-secret-keys prints"],
    ["other", "is no OpenPGP key: store what gpg --armor --export-secret-keys prints"],
    ["empty", "is no OpenPGP key: store what gpg --armor --export-secret-keys prints"],
  ])("that cannot sign is refused in one line: %s", async (kind, line) => {
    await bench.write("state", "signing/hello.asc", keys[kind] ?? "");
    const { exitCode, output } = await bench.run(MakeSourceTarball, "1.0.0");
    expect(output).toBe(`${from} ${line}\n`);
    expect(exitCode).toBe(1);
  });

  test("that cannot sign is refused by whatever signs, and nothing is made, published or left behind", async () => {
    await bench.write("state", "signing/hello.asc", keys.expired ?? "");
    for (const activity of signing) {
      const { output } = await bench.run(activity, "1.0.0");
      expect(output, activity.name).toBe(
        `${from} has expired: extend it (gpg --quick-set-expire) and store it again\n`,
      );
    }
    expect(await bench.keys("scratch")).toEqual([]);
    expect(await bench.keys("downloads")).toEqual([]);
  });

  test("that users do not have is refused, and one that was extended takes the place of its former self", async () => {
    const [, Publish = MakeSourceTarball] = signing;
    const published = async () => (await bench.read("downloads", "hello-archive-keyring.asc")).toString();
    await bench.write("state", "signing/hello.asc", keys.good ?? "");
    expect(await bench.run(Publish, "1.0.0")).toMatchObject({ exitCode: 0 });
    const before = await published();
    await bench.write("state", "signing/hello.asc", keys.another ?? "");
    const { output } = await bench.run(Publish, "1.0.0");
    expect(output).toMatch(/^error: s3:.*keyring.gpg is another key than the one that signs: users would not accept/);
    expect(await published()).toBe(before);
    await bench.write("state", "signing/hello.asc", keys.extended ?? "");
    expect(await bench.run(Publish, "1.0.0")).toMatchObject({ exitCode: 0 });
    expect(await published()).not.toBe(before);
  });
});
