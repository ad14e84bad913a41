import { execFile } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { githubRelease, type SigningKey, sourceTarball } from "@muster/recipes";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { hasMoto, startMoto } from "../src/recipes/aws-emulator.ts";
import { startGithub } from "../src/recipes/github/github.ts";
import { type Keyring, openKeyring } from "../src/recipes/keyring.ts";
import { type RecipeBench, recipeBench } from "../src/recipes/recipe-bench.ts";
import { createReleaseRepository, lacking, type ReleaseRepository } from "./release-repository.ts";

const missing = await lacking("aws", "gh", "git", "gpg", "gpgv", "jq", "openssl", "shred");
if (!(await hasMoto)) missing.push("moto (pip install 'moto[server]')");
if (missing.length > 0) console.log(`keys of KMS and Secrets Manager are not tried: there is no ${missing.join(", ")}`);

const run = promisify(execFile);
const document = await readFile(join(import.meta.dirname, "../../docs/recipes.md"), "utf8");

/** What the documentation tells people to enter, of the block that has a word in it. */
function documented(word: string): string {
  const blocks = [...document.matchAll(/^ *```bash\n(.*?)^ *```$/gms)].map(([, text = ""]) => text);
  return blocks.find((text) => text.includes(word)) ?? "exit 1";
}

const hello = { name: "hello" };
const secret: SigningKey = { name: "hello", from: { kind: "secrets-manager", secret: "hello/signing-key" } };
const kms: SigningKey = { name: "hello", from: { kind: "kms", alias: "alias/hello-signing" } };

let moto: Awaited<ReturnType<typeof startMoto>>;
let bench: RecipeBench;
let keyring: Keyring;
let repository: ReleaseRepository;

/** In the shell of somebody who has the key, and may put it where workers get it. */
async function enter(commands: string): Promise<void> {
  const aws = { AWS_ACCESS_KEY_ID: "me", AWS_SECRET_ACCESS_KEY: "me", AWS_DEFAULT_REGION: "us-west-2" };
  const env = { ...keyring.env, ...aws, PATH: `${join(bench.folder, "bin")}:${process.env.PATH}`, RECORDS: "state" };
  await run("bash", ["-euo", "pipefail", "-c", commands], { cwd: bench.folder, env });
}

const build = (key: SigningKey, env = {}) =>
  bench.run(sourceTarball(hello, { key, publish: "source" }), "1.0.0", {
    MUSTER_REPOSITORY: repository.dir,
    REPOSITORY: repository.dir,
    ...env,
  });

async function expectSignature(): Promise<void> {
  const files = ["hello-archive-keyring.gpg", "source/hello-1.0.0.tar.gz.sig", "source/hello-1.0.0.tar.gz"];
  const [key = "", ...signed] = files.map((name) => join(bench.folder, name.replaceAll("/", "-")));
  for (const [index, file] of [key, ...signed].entries())
    await writeFile(file, await bench.read("downloads", files[index] ?? ""));
  await run("gpgv", ["--keyring", key, ...signed]);
}

describe.skipIf(missing.length > 0)("a signing key that AWS keeps", () => {
  beforeAll(async () => {
    moto = await startMoto();
    bench = await recipeBench(moto.url);
    keyring = await openKeyring();
    await keyring.generate("Releases <releases@example.org>");
    repository = await createReleaseRepository("hello");
    await repository.write("hello.sh", "#!/bin/sh\necho hello\n", { executable: true });
    await repository.tag("1.0.0");
  });
  afterAll(async () => {
    await repository?.[Symbol.asyncDispose]();
    await keyring?.[Symbol.asyncDispose]();
    await bench?.[Symbol.asyncDispose]();
    await moto?.[Symbol.asyncDispose]();
  });

  test("signs from Secrets Manager once it is put there as documented, and is asked for by name before", async () => {
    const line = "the secret hello/signing-key is not there: make it, and put its value (aws secretsmanager put-secret";
    expect((await build(secret)).output).toContain(`error: ${line}`);
    await enter("aws secretsmanager create-secret --name hello/signing-key");
    expect((await build(secret)).output).toContain("error: the secret hello/signing-key has no value: put one (aws");
    await enter(documented("put-secret-value"));
    const { exitCode, output } = await build(secret);
    expect(exitCode, output).toBe(0);
    await expectSignature();
  });

  test("of another name is found on a stage that has a prefix", async () => {
    expect((await build(secret, { SECRET_PREFIX: "canary-" })).output).toContain("the secret canary-hello/signing-key");
  });

  test("is opened by KMS once it is put there as documented, and is asked for by name before", async () => {
    expect((await build(kms)).output).toContain("error: s3://state/signing/hello.gpg is not there: see Keys");
    await enter(
      "aws kms create-alias --alias-name alias/hello-signing --target-key-id $(aws kms create-key --query KeyMetadata.KeyId --output text)",
    );
    await enter(documented("kms encrypt"));
    const { exitCode, output } = await build(kms);
    expect(exitCode, output).toBe(0);
    await expectSignature();
  });

  test("whose passphrase KMS cannot decrypt, or which another one encrypts, is refused by name", async () => {
    const cipher = await bench.read("state", "signing/hello.passphrase.kms");
    await bench.write("state", "signing/hello.passphrase.kms", Buffer.from("of another key"));
    expect((await build(kms)).output).toContain(
      "error: the passphrase in s3://state/signing/hello.passphrase.kms cannot",
    );
    await bench.write("state", "signing/hello.passphrase.kms", cipher);
    await bench.write(
      "state",
      "signing/hello.gpg",
      await keyring.gpg(["--passphrase", "other", "--symmetric"], "text"),
    );
    expect((await build(kms)).output).toContain(
      "error: s3://state/signing/hello.gpg cannot be opened by the passphrase",
    );
  });

  test("and a token that Secrets Manager keeps lets a release onto GitHub", async () => {
    await using github = await startGithub(bench.folder, { tags: ["v1.0.0"], token: "of-aws" });
    await enter("aws secretsmanager create-secret --name hello/github --secret-string of-aws");
    const activity = githubRelease(hello, { repository: "example/hello", token: "hello/github" });
    const { exitCode, output } = await bench.run(activity, "1.0.0", github.environment);
    expect(exitCode, output).toBe(0);
    await enter("aws secretsmanager put-secret-value --secret-id hello/github --secret-string of-yesterday");
    expect((await bench.run(activity, "1.0.0", github.environment)).output).toContain(
      "error: GitHub does not know who asks for example/hello: put one that may write contents into the secret hello/gi",
    );
  });
});
