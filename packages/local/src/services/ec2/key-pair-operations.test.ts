import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  CreateKeyPairCommand,
  CreateTagsCommand,
  DeleteKeyPairCommand,
  DescribeKeyPairsCommand,
  ImportKeyPairCommand,
  type KeyType,
} from "@aws-sdk/client-ec2";
import { expect, onTestFinished, test } from "vitest";
import { failure, openEc2 } from "./testing/open-ec2.ts";

const hasOpenssh = (() => {
  try {
    execFileSync("sh", ["-c", "command -v ssh-keygen"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
})();
if (!hasOpenssh) console.info("skipped: this machine has no ssh-keygen (openssh-client)");

test.each<KeyType>(["rsa", "ed25519"])("a new %s key is told once, and listed by its public half", async (type) => {
  const { ec2 } = openEc2();
  const created = await ec2.send(new CreateKeyPairCommand({ KeyName: "me", KeyType: type }));
  expect(created.KeyMaterial).toMatch(/^-----BEGIN (RSA|OPENSSH) PRIVATE KEY-----\n/);
  const { KeyPairs } = await ec2.send(new DescribeKeyPairsCommand({ KeyNames: ["me"], IncludePublicKey: true }));
  expect(KeyPairs).toMatchObject([
    {
      KeyName: "me",
      KeyPairId: created.KeyPairId,
      KeyFingerprint: created.KeyFingerprint,
      KeyType: type,
      PublicKey: expect.stringMatching(/^ssh-(rsa|ed25519) /),
    },
  ]);
});

test.skipIf(!hasOpenssh).each<KeyType>(["rsa", "ed25519"])(
  "OpenSSH reads the private half of a new %s key",
  async (type) => {
    const dir = mkdtempSync(join(tmpdir(), "key-pair-test-"));
    onTestFinished(() => rmSync(dir, { recursive: true }));
    const { ec2 } = openEc2();
    const { KeyMaterial = "" } = await ec2.send(new CreateKeyPairCommand({ KeyName: "me", KeyType: type }));
    const file = join(dir, "key");
    writeFileSync(file, KeyMaterial, { mode: 0o600 });
    const { KeyPairs } = await ec2.send(new DescribeKeyPairsCommand({ IncludePublicKey: true }));
    const own = KeyPairs?.[0]?.PublicKey?.split(" ").slice(0, 2).join(" ");
    expect(execFileSync("ssh-keygen", ["-y", "-f", file], { encoding: "utf8" }).trim()).toContain(own);
  },
);

test("a public key is imported, and has the fingerprint that EC2 documents for imported keys", async () => {
  const { ec2 } = openEc2();
  const { KeyPairs = [] } = await ec2
    .send(new CreateKeyPairCommand({ KeyName: "a" }))
    .then(() => ec2.send(new DescribeKeyPairsCommand({ IncludePublicKey: true })));
  const line = Buffer.from(KeyPairs[0]?.PublicKey ?? "");
  const imported = await ec2.send(new ImportKeyPairCommand({ KeyName: "b", PublicKeyMaterial: line }));
  expect(imported.KeyFingerprint).toMatch(/^([0-9a-f]{2}:){15}[0-9a-f]{2}$/);
  const wrong = new ImportKeyPairCommand({ KeyName: "c", PublicKeyMaterial: Buffer.from("ssh-rsa nothing") });
  expect(await failure(ec2.send(wrong))).toBe("InvalidKey.Format");
});

test("names are taken once; pairs are found by filters, tagged, and deleted without complaint", async () => {
  const { ec2 } = openEc2();
  const create = (KeyName: string) => ec2.send(new CreateKeyPairCommand({ KeyName, KeyType: "ed25519" }));
  const { KeyPairId = "" } = await create("me");
  expect(await failure(create("me"))).toBe("InvalidKeyPair.Duplicate");
  await create("you");
  await ec2.send(new CreateTagsCommand({ Resources: [KeyPairId], Tags: [{ Key: "team", Value: "a" }] }));
  const found = async (Name: string, value: string) =>
    (await ec2.send(new DescribeKeyPairsCommand({ Filters: [{ Name, Values: [value] }] }))).KeyPairs?.map(
      ({ KeyName }) => KeyName,
    );
  expect(await found("key-name", "m*")).toEqual(["me"]);
  expect(await found("tag:team", "a")).toEqual(["me"]);
  await ec2.send(new DeleteKeyPairCommand({ KeyName: "me" }));
  await ec2.send(new DeleteKeyPairCommand({ KeyName: "me" }));
  expect(await failure(ec2.send(new DescribeKeyPairsCommand({ KeyNames: ["me"] })))).toBe("InvalidKeyPair.NotFound");
});
