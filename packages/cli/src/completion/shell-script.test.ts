import { spawnSync } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { SHELLS, shellScript } from "./shell-script.ts";

/** Answers what it was asked, and offers words as `muster` does. */
const MUSTER = `#!/bin/sh
shift 3
if [ "$1" = fail ]; then echo broken >&2; exit 2; fi
if [ "$1" = files ]; then echo :files; exit; fi
printf '%s\\t%s\\n' "1:4.28.2" "version: it's 50% [done]" "1:4.27.1" older "asked-$#-$(printf '<%s>' "$@")" ""
`;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "muster-completion-"));
  await writeFile(join(folder, "muster"), MUSTER, { mode: 0o755 });
  await writeFile(join(folder, "words.txt"), "");
  for (const shell of SHELLS) await writeFile(join(folder, shell), shellScript(shell));
});
afterAll(() => rm(folder, { recursive: true }));

/** How each shell is made to complete a line without a terminal; it prints what it would offer. */
const drivers: Record<(typeof SHELLS)[number], (line: string) => string[]> = {
  bash: (line) => [
    "--norc",
    "-c",
    `compopt() { echo "compopt $*"; }; source ./bash; COMP_LINE=$1 COMP_POINT=\${#1} _muster; printf '%s\\n' "\${COMPREPLY[@]}"`,
    "bash",
    line,
  ],
  // Without its terminal zsh has no completion system: what its function hands on to that is looked at.
  zsh: (line) => [
    "-f",
    "-c",
    `compdef() {}; _files() { echo files }; _describe() { print -rl -- "\${(@)\${(P)2}}" }
     source ./zsh; words=("\${(@s: :)1}"); CURRENT=\${#words}; _muster`,
    "zsh",
    line,
  ],
  fish: (line) => ["--no-config", "-c", `source ./fish; complete -C '${line}'`],
};

function offered(shell: (typeof SHELLS)[number], line: string): string[] {
  const { stdout, stderr } = spawnSync(shell, drivers[shell](line), {
    cwd: folder,
    encoding: "utf8",
    env: { PATH: `${folder}${delimiter}${process.env.PATH}`, HOME: folder, TERM: "dumb", LC_ALL: "C.UTF-8" },
  });
  expect(stderr).toBe("");
  return stdout.split("\n").filter((word) => word !== "");
}

const present = (shell: string): boolean => spawnSync(shell, ["-c", "exit 0"]).status === 0;

test.for(SHELLS)("%s offers what the command answers, asked with the words as they were typed", (shell, { skip }) => {
  if (!present(shell)) skip(`this machine has no ${shell}`);
  const said = offered(shell, "muster build --json ").join("\n");
  expect(said).toMatch(/asked-3-<build><--json><>/);
  expect(said).toMatch(
    {
      bash: /^1:4\.28\.2$/m,
      zsh: /^1\\:4\.28\.2:version: it's 50% \[done\]$/m,
      fish: /^1:4\.28\.2\tversion: it's 50%/m,
    }[shell],
  );
});

test.for(SHELLS)("%s offers files where a file is meant", (shell, { skip }) => {
  if (!present(shell)) skip(`this machine has no ${shell}`);
  const said = offered(shell, "muster files --dir w");
  expect(said.join()).toContain({ bash: "compopt -o default", zsh: "files", fish: "words.txt" }[shell]);
});

test.for(SHELLS)("%s offers nothing where the command fails", (shell, { skip }) => {
  if (!present(shell)) skip(`this machine has no ${shell}`);
  expect(offered(shell, "muster fail x")).toEqual([]);
});

test("bash keeps what stands before a colon or an equal sign: its own words end there", () => {
  expect(offered("bash", "muster build 1:4")).toContain("4.28.2");
});
