import { expect, test } from "vitest";
import { createMask, maskedVariables } from "./mask-secrets.ts";

test.each([
  ["key AKIAIOSFODNN7EXAMPLE used", "AKIAIOSFODNN7EXAMPLE"],
  ["AWS_SECRET_ACCESS_KEY=wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"],
  ['"SecretAccessKey": "wJalrXUtnFEMIK7MDENGbPxRfiCYEXAMPLEKEY",', "wJalrXUtnFEMIK7MDENGbPxRfiCYEXAMPLEKEY"],
  ["aws_session_token = IQoJb3JpZ2luX2VjEXAMPLE//", "IQoJb3JpZ2luX2VjEXAMPLE"],
  ["GET /x?X-Amz-Signature=fe5f80f77d5fa3beca038a248ff027d0 HTTP/1.1", "fe5f80f77d5fa3beca038a248ff027d0"],
  ["GET /x?X-Amz-Security-Token=IQoJb3JpZ2lu%2F%2F&y=1", "IQoJb3JpZ2lu%2F%2F"],
  ["cloning https://build:hunter2hunter2@git.example.org/a.git", "hunter2hunter2"],
  ["cloning https://x-access-token:p4ss@git.example.org/a.git", "p4ss"],
  ["push to https://0123456789abcdef0123456789abcdef@git.example.org", "0123456789abcdef0123456789abcdef"],
  ["Authorization: Bearer abcdefghijklmnop", "abcdefghijklmnop"],
  ["authorization: Basic dXNlcjpwYXNzd29yZA==", "dXNlcjpwYXNzd29yZA=="],
  [`token ghp_${"a1B2".repeat(9)}`, "a1B2a1B2"],
  [`npm_${"a1B2".repeat(9)}`, "a1B2a1B2"],
  ["docker login -p dckr_pat_abcdefghijklmnopqrstuvwxyz", "abcdefghijklmnopqrstuvwxyz"],
  ["jwt eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.dozjgNryP4J3jVmNHl0w5N", "eyJzdWIiOiIxMjM0In0"],
  ["DB_PASSWORD='correct-horse-battery'", "correct-horse-battery"],
  ["DB_PASSWORD=hunter2", "hunter2"],
  ['  "Token" : "IQoJb3JpZ2luX2VjEXAMPLE//////////wEaCXVz",', "IQoJb3JpZ2luX2VjEXAMPLE"],
  ['{\\"Token\\":\\"IQoJb3JpZ2luX2VjEXAMPLE\\"}', "IQoJb3JpZ2luX2VjEXAMPLE"],
  ['{"access_token":"ya29.a0AfH6SMBx-EXAMPLE"}', "ya29.a0AfH6SMBx"],
  ['"password": "correct horse battery"', "horse battery"],
  ["+ VAULT_TOKEN=s.9f8e7d6c5b4a", "s.9f8e7d6c5b4a"],
  ["export CI_JOB_TOKEN=64_xyzzyEXAMPLE", "64_xyzzyEXAMPLE"],
  ["HF_TOKEN=abcdefghijklmnop", "abcdefghijklmnop"],
  ["+ token=AQAEALhEXAMPLEhN1q0nBQ==", "AQAEALhEXAMPLEhN1q0nBQ"],
  ["GPG_PASSPHRASE=xyzzy42", "xyzzy42"],
  ["MYSQL_PWD=xyzzy42", "xyzzy42"],
  ["SIGNING_KEY=c2lnbmluZyBrZXk=", "c2lnbmluZyBrZXk="],
  ["X-Vault-Token: s.9f8e7d6c5b4a", "s.9f8e7d6c5b4a"],
  ["X-aws-ec2-metadata-token: AQAEALhEXAMPLEhN1q0nBQ==", "AQAEALhEXAMPLE"],
  ["gpg --batch --passphrase xyzzy42 --sign", "xyzzy42"],
  ["mysql --user=build --password=xyzzy42", "xyzzy42"],
  ["tool --api-key 'xyzzy42'", "xyzzy42"],
  ["+ curl -fsS -u build:hunter2 https://example.org/upload", "hunter2"],
  ["curl https://example.org --user 'build:hunter2'", "hunter2"],
  ["https://build:hunter@2@git.example.org/a.git", "hunter@2"],
  ["<SecretAccessKey>wJalrXUtnFEMI/K7MDENG</SecretAccessKey>", "wJalrXUtnFEMI"],
  ["<SessionToken>IQoJb3JpZ2luX2VjEXAMPLE</SessionToken>", "IQoJb3JpZ2luX2VjEXAMPLE"],
  ["DB_PASS='abc def ghi'", "ghi"],
  ['password: "correct horse battery staple"', "horse battery staple"],
  ["Connect-Thing -Password xyzzy42", "xyzzy42"],
  ["cmake -DDEPLOY_TOKEN=s9f8e7d6c5b4a", "s9f8e7d6c5b4a"],
])("the secret in `%s` is hidden", (line, secret) => {
  const shown = createMask()(line);
  expect(shown).not.toContain(secret);
  expect(shown).toContain("[masked]");
});

test.each([
  "error: unexpected token: identifier",
  "g++ -c basic_string.cc -o basic_string.o",
  "https://example.org/path?x=1 and user@example.org",
  "git clone ssh://git@example.org/repository.git",
  "the secret of a good build is patience",
  "-- Found OpenSSL: /usr/lib/libcrypto.so (found version 3.0.2)",
  "lexer.cpp:12: auto token = scanner.nextToken();",
  "basic operations and bearer bonds",
  "tool --password-file /run/secrets/x --token $TOKEN --secret <secret>",
  "docker run --user 1000:1000 builder && curl -fsSL -o /tmp/a https://example.org",
  "docker build --secret id=npmrc,src=/root/.npmrc .",
  "/usr/bin/c++ -DTOKEN=IDENTIFIER_LIST -c parse.cpp",
  "passwd: password expiry information changed.",
  "PWD=/var/lib/muster/tasks/1/work and OLDPWD=/var/lib/muster",
])("`%s` holds no secret and stays", (line) => {
  expect(createMask()(line)).toBe(line);
});

test("what surrounds a secret stays readable", () => {
  expect(createMask()("curl https://me:secretpass@host/x && echo ok")).toBe(
    "curl https://me:[masked]@host/x && echo ok",
  );
});

const KEY_LINES = Array.from({ length: 26 }, (_, index) =>
  `MIIEpAIBAAKCAQEA${"x7Qz+/Ab".repeat(6)}`.slice(index ? 0 : 1),
);
const KEY = ["-----BEGIN RSA PRIVATE KEY-----", ...KEY_LINES, "Zg==", "-----END RSA PRIVATE KEY-----"];

test("a private key is hidden between its first and last line, in however many pieces it comes", () => {
  const mask = createMask();
  const lines = ["before", ...KEY, "after", "done"];
  const whole = createMask()(lines.join("\n"));
  expect(lines.map((line) => mask(line)).join("\n")).toBe(whole);
  expect(whole.split("\n").filter((line) => line !== "[masked]")).toEqual([
    "before",
    "-----BEGIN RSA PRIVATE KEY-----",
    "-----END RSA PRIVATE KEY-----",
    "after",
    "done",
  ]);
});

test("a private key on one line, as JSON has it, is hidden, and what follows is not", () => {
  const json = JSON.stringify({ type: "service_account", private_key: KEY.join("\n"), client_id: "builder" });
  const shown = createMask()(json);
  expect(shown).not.toMatch(/x7Qz|Zg==/);
  expect(shown).toContain('"type":"service_account"');
  expect(shown).toContain('-----END RSA PRIVATE KEY-----","client_id":"builder"}');
});

test("a private key that never ends hides no line that is not like a key's, and soon none at all", () => {
  const mask = createMask();
  const shown = ["-----BEGIN PRIVATE KEY-----", "MIIE", "make: nothing to be done", "[1/2] building a.o", ""].map(mask);
  expect(shown.slice(1)).toEqual(["MIIE", "make: nothing to be done", "[1/2] building a.o", ""]);
  const digest = "0123456789abcdef0123456789abcdef";
  const digests = Array.from({ length: 200 }, () => mask(digest));
  expect(digests.filter((line) => line !== digest).length).toBeLessThanOrEqual(128);
  expect(digests.at(-1)).toBe(digest);
});

const HOSTILE_BYTES = 256 * 1024;
test.each([
  ["schemes", "token ", "a.", ""],
  ["schemes with users", "x://", "a:", ""],
  ["halves of URLs", "token ", "a://b:", ""],
  ["halves of JSON web tokens", "", "eyJ-", ""],
  ["parts of JSON web tokens", "", "eyJhbGciOiJI.", ""],
  ["keys", "", "-----BEGIN PRIVATE KEY-----", ""],
  ["words of keys", "-----BEGIN ", "PRIVATE KEY ", ""],
  ["curls", "", "curl -u ", ""],
  ["options", "", "--token-", ""],
  ["names", "", "access_token", ""],
  ["spaces after names", "", "password   =   ", ""],
  ["backslashes", 'token"', "\\", '"'],
  ["bearers", "", "authorization: bearer ", ""],
  ["prefixes of tokens", "", "npm_", ""],
  ["quoted words", "_PASS='", "a b ", ""],
  ["names of quoted words", "", "_PASS='a b", ""],
  ["elements", "", "<SessionToken>", ""],
  ["definitions", "", "-DTOKEN=", ""],
  ["names in definitions", "-D", "TOKEN_", "="],
])("output made of %s costs no more time than other output", (_, before, again, after) => {
  const text = before + again.repeat(HOSTILE_BYTES / again.length) + after;
  const startUsage = process.cpuUsage();
  createMask()(text);
  const { user, system } = process.cpuUsage(startUsage);
  // Patterns that search again from each place of a line take minutes. The machine's other work is not counted.
  expect((user + system) / 1000).toBeLessThan(3000);
});

test("values that are handed in are hidden wherever they appear", () => {
  expect(createMask(["TASKTOKEN123"])("x=TASKTOKEN123;y=TASKTOKEN123")).toBe("x=[masked];y=[masked]");
});

test("a value of several lines that is handed in is hidden line by line", () => {
  expect(createMask(["first half\nsecond half"])("a first half\nb second half")).toBe("a [masked]\nb [masked]");
});

test("a secret that lies across a cut is noticed, and nothing else is", () => {
  const { isCut } = createMask(["TASKTOKEN123"]);
  expect(isCut?.("x TASKTOK", "EN123 y")).toBe(true);
  expect(isCut?.("password: ", "hunter2hunter2")).toBe(true);
  expect(isCut?.("-----BEGIN PRIV", "ATE KEY-----\nMIIEpAIBAAKCAQEAx7QzAbx7QzAb")).toBe(true);
  expect(isCut?.("x TASKTOKEN123 ", "y TASKTOKEN123")).toBe(false);
  expect(isCut?.("g++ -c a.c", "c -o a.o")).toBe(false);
});

test("variables whose names say that they are secret are not shown in records, however short they are", () => {
  const secret = { DB_PASSWORD: "hunter2", PIN_TOKEN: "1", PASSPHRASE: "abc", PG_PWD: "abc", SIGNING_KEY: "k" };
  const others = {
    VERSION: "1.2.3",
    PWD: "/work",
    KEYBOARD: "de",
    EMPTY_TOKEN: "",
    AWS_SHARED_CREDENTIALS_FILE: "/dev/null",
  };
  expect(maskedVariables({ ...others, ...secret, URL: "u hunter2" })).toEqual({
    ...others,
    ...Object.fromEntries(Object.keys(secret).map((name) => [name, "[masked]"])),
    URL: "u [masked]",
  });
});
