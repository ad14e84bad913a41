import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";
import { shellText } from "./shell-text.ts";

/** What a program finds that is started by a shell which has sourced the text, as the predecessor's worker does. */
function sourced(text: string): Record<string, string> {
  const script = `#!/bin/bash\n        ${text}\n        env -0`;
  const output = execFileSync("bash", ["--norc", "-c", script], {
    env: { PATH: process.env.PATH ?? "" },
    encoding: "utf8",
  });
  const entries = output.split("\0").map((entry) => [entry.split("=", 1)[0], entry.slice(entry.indexOf("=") + 1)]);
  return Object.fromEntries(entries);
}

const nasty: Record<string, string> = {
  PLAIN: "4.28.2",
  EMPTY: "",
  SPACES: "  two  words ",
  QUOTES: `it's "quoted" ''twice''`,
  ENDS_QUOTED: "'",
  DOLLARS: "$HOME $(echo pwned) `echo pwned` $((1+1)) $" + "{HOME}",
  BACKSLASHES: "\\ \\n \\' \\\\",
  LINES: "first\nsecond\n\n  fourth\n",
  TABS: "\ta\tb\r\n",
  OPERATORS: "; exit 3 & | > /dev/null < # ! * ? [a-z] ~ {1,2}",
  OPTIONS: "-n -e",
  UNICODE: "ä € 🌊",
};

test.each(Object.keys(nasty))("a shell reads back what it is told: %s", (name) => {
  expect(sourced(shellText({ [name]: nasty[name] ?? "" }))).toMatchObject({ [name]: nasty[name] });
});

test("many variables are as many lines, and do not touch each other", () => {
  expect(sourced(shellText(nasty))).toMatchObject(nasty);
  expect(shellText({ VERSION: "4.28.2", IS_NIGHTLY: "false" })).toBe(
    "export VERSION='4.28.2'\nexport IS_NIGHTLY='false'",
  );
  expect(shellText({})).toBe("");
});

test("a name that no shell can hold is left out, and nothing else", () => {
  const held = sourced(shellText({ "A-B": "1", "2C": "2", "D E": "3", "F;exit 3": "4", G_1: "5" }));
  expect(held).toMatchObject({ G_1: "5" });
  expect(Object.keys(held)).not.toEqual(expect.arrayContaining([expect.stringMatching(/^(A|2C|D|E|F)/)]));
});
