import { expect, test } from "vitest";
import { secretLines } from "../../testing/secret-lines.ts";
import { createMask, maskedVariables } from "./mask-secrets.ts";

test.each(secretLines)("the secret in `%s` is hidden", (line, secret) => {
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
