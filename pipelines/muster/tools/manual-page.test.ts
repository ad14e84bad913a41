import { spawnSync } from "node:child_process";
import { expect, test } from "vitest";
import { help } from "../testing/command-help.ts";
import { manualPage } from "./manual-page.ts";

const page = manualPage(help, { version: "1.2.3", date: new Date("2026-11-24T00:00:00Z") });

test("every command, place, option and example is in the page", () => {
  for (const text of [
    '.TH MUSTER 1 "2026-11-24" "Muster 1.2.3"',
    ".SS muster build [words ...]",
    ".SS muster status [build]",
    "\\fB\\-\\-follow\\fR, \\fB\\-f\\fR",
    "\\fB\\-\\-state\\-dir\\fR \\fIfolder\\fR",
    "    muster build 4.28.2",
    "Versions and steps. Also \\-\\-skip\\-ec2, \\-\\-test\\-build",
  ]) {
    expect(page).toContain(text);
  }
});

test("a line of text that begins with a dot is not taken for a macro", () => {
  const dotted = manualPage(
    { commands: [], options: [{ name: "--x", summary: ".muster holds it" }] },
    {
      version: "1.2.3",
      date: new Date(0),
    },
  );
  expect(dotted).toContain("\n\\&.muster holds it");
});

test("the page is formatted without a warning", ({ skip }) => {
  if (spawnSync("groff", ["--version"]).status !== 0) skip("this machine has no groff");
  const { stdout, stderr, status } = spawnSync("groff", ["-man", "-Tutf8", "-ww", "-z"], {
    input: page,
    encoding: "utf8",
  });
  expect({ stdout, stderr, status }).toEqual({ stdout: "", stderr: "", status: 0 });
});
