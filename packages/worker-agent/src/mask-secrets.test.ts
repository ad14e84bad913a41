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
])("`%s` holds no secret and stays", (line) => {
  expect(createMask()(line)).toBe(line);
});

test("what surrounds a secret stays readable", () => {
  expect(createMask()("curl https://me:secretpass@host/x && echo ok")).toBe(
    "curl https://me:[masked]@host/x && echo ok",
  );
});

test("a private key is hidden between its first and last line, in however many pieces it comes", () => {
  const mask = createMask();
  const lines = [
    "before",
    "-----BEGIN OPENSSH PRIVATE KEY-----",
    "b3BlbnNzaC1rZXktdjEAAAAABG5vbmU",
    "AAAAEbm9uZQAAAAAAAAABAAAAMwAAAA",
    "-----END OPENSSH PRIVATE KEY-----",
    "after",
  ];
  const whole = createMask()(lines.join("\n"));
  expect(lines.map((line) => mask(line)).join("\n")).toBe(whole);
  expect(whole).toContain("before");
  expect(whole).toContain("after");
  expect(whole).not.toContain("b3BlbnNzaC1r");
  expect(whole).not.toContain("AAAAEbm9uZQ");
});

test("values that are handed in are hidden wherever they appear", () => {
  expect(createMask(["TASKTOKEN123"])("x=TASKTOKEN123;y=TASKTOKEN123")).toBe("x=[masked];y=[masked]");
});

test("variables whose names say that they are secret are not shown in records", () => {
  expect(maskedVariables({ VERSION: "1.2.3", DOCKER_PASSWORD: "hunter2hunter2", URL: "u hunter2hunter2" })).toEqual({
    VERSION: "1.2.3",
    DOCKER_PASSWORD: "[masked]",
    URL: "u [masked]",
  });
});
