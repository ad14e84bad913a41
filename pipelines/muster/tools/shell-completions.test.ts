import { spawnSync } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { help, words } from "../testing/command-help.ts";
import { shellCompletions } from "./shell-completions.ts";

const scripts = shellCompletions(help, words);
const [bash = "", zsh = "", fish = ""] = Object.values(scripts);

/** What bash offers for the last of these words. */
function offered(...typed: string[]): string[] {
  const line = ["muster", ...typed];
  const program = `${bash}
COMP_WORDS=(${line.map((word) => `'${word}'`).join(" ")})
COMP_CWORD=${line.length - 1}
_muster
printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { stdout, stderr } = spawnSync("bash", ["-c", program], { encoding: "utf8" });
  expect(stderr).toBe("");
  return stdout.split("\n").filter((word) => word !== "");
}

test("bash offers commands first, then the command's words and options", () => {
  expect(offered("")).toEqual(["build", "status", "--state-dir", "--json"]);
  expect(offered("st")).toEqual(["status"]);
  expect(offered("build", "")).toEqual([
    "MakeSourceTarball",
    "debian-12-bookworm",
    "--skip-ec2",
    "--test-build",
    "--plan",
    "--state-dir",
    "--json",
  ]);
  expect(offered("build", "4.28.2", "deb")).toEqual(["debian-12-bookworm"]);
  expect(offered("status", "-")).toEqual(["--follow", "-f", "--state-dir", "--json"]);
});

test("an option before the command does not hide it", () => {
  expect(offered("--json", "status", "--f")).toEqual(["--follow"]);
});

const checks = [
  { shell: "bash", script: bash, args: ["-n"] },
  { shell: "zsh", script: zsh, args: ["-n"] },
  { shell: "fish", script: fish, args: ["--no-execute"] },
];

test.for(checks)("$shell can read its script", async ({ shell, script, args }, { skip }) => {
  if (spawnSync(shell, ["-c", "exit 0"]).status !== 0) skip(`this machine has no ${shell}`);
  const folder = await mkdtemp(join(tmpdir(), "muster-completion-"));
  try {
    const file = join(folder, "completion");
    await writeFile(file, script);
    const { status, stderr } = spawnSync(shell, [...args, file], { encoding: "utf8" });
    expect(stderr).toBe("");
    expect(status).toBe(0);
  } finally {
    await rm(folder, { recursive: true });
  }
});

test("quotes, brackets and colons of summaries do not end what they are in", () => {
  expect(zsh).toContain(`'build:Build\\: what'\\''s asked for [in any order]'`);
  expect(fish).toContain(`-a build -d 'Build: what'\\''s asked for [in any order]'`);
});

test("each script lies where Debian's package of its shell looks", () => {
  expect(Object.keys(scripts)).toEqual([
    "usr/share/bash-completion/completions/muster",
    "usr/share/zsh/vendor-completions/_muster",
    "usr/share/fish/vendor_completions.d/muster.fish",
  ]);
});
