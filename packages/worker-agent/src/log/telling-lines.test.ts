import { expect, test } from "vitest";
import { outputLines } from "../../testing/output-lines.ts";
import { tellingLines } from "./telling-lines.ts";

function linesOf(log: string | readonly string[], folders: readonly string[] = []) {
  const lines = tellingLines({ folders });
  lines.write(typeof log === "string" ? log.split("\n") : log);
  return lines;
}
const noise = (count: number): string[] => Array.from({ length: count }, (_, number) => `line ${number} of many`);

test.each<[string, string, string]>([
  [
    "make",
    `gcc -Wall -Werror -c a.c
a.c: In function ‘main’:
a.c:1:20: error: ‘foo’ undeclared (first use in this function)
    1 | int main(){ return foo; }
      |                    ^~~
a.c:1:20: note: each undeclared identifier is reported only once for each function it appears in
make[1]: *** [Makefile:3: a.o] Error 1
make[1]: Leaving directory '/work'
make: *** [Makefile:7: all] Error 2`,
    "a.c:1:20: error: ‘foo’ undeclared (first use in this function)",
  ],
  [
    "ninja",
    `[1/2] Building C object error.c.o
FAILED: a.o
gcc -c a.c -o a.o
b.c:1:10: fatal error: nope.h: No such file or directory
    1 | #include "nope.h"
compilation terminated.
ninja: build stopped: subcommand failed.`,
    "b.c:1:10: fatal error: nope.h: No such file or directory",
  ],
  [
    "a linker",
    "/usr/bin/ld: /tmp/x.o: in function `main':\nc.c:(.text+0xa): undefined reference to `bar'\ncollect2: error: ld returned 1 exit status",
    "c.c:(.text+0xa): undefined reference to `bar'",
  ],
  [
    "cmake",
    `CMake Error at CMakeLists.txt:3 (find_package):
  By not providing "FindNope.cmake" in CMAKE_MODULE_PATH this project has
  asked CMake to find a package configuration file provided by "Nope", but

-- Configuring incomplete, errors occurred!`,
    'CMake Error at CMakeLists.txt:3 (find_package): By not providing "FindNope.cmake" in CMAKE_MODULE_PATH this project has',
  ],
  [
    "cargo",
    `error[E0425]: cannot find function \`foo\` in this scope
 --> src/main.rs:1:30
  |                              ^^^ not found in this scope

For more information about an error, try \`rustc --explain E0308\`.
error: could not compile \`x\` (bin "x") due to 2 previous errors`,
    "error[E0425]: cannot find function `foo` in this scope",
  ],
  [
    "dpkg-buildpackage",
    `dh clean
make: dh: No such file or directory
make: *** [debian/rules:3: clean] Error 127
dpkg-buildpackage: error: debian/rules clean subprocess returned exit status 2`,
    "make: dh: No such file or directory",
  ],
  [
    "dpkg",
    `dpkg: error processing package foo (--configure):
 installed foo package post-installation script subprocess returned error exit status 1
Errors were encountered while processing:
 foo
E: Sub-process /usr/bin/dpkg returned an error code (1)`,
    "dpkg: error processing package foo (--configure): installed foo package post-installation script subprocess returned error exit status 1",
  ],
  ["apt", "Reading package lists...\nE: Unable to locate package nosuchpkg", "E: Unable to locate package nosuchpkg"],
  [
    "node",
    `/work/n.js:1
Error: Cannot find module 'nope'
Require stack:
- /work/n.js
    at Function.executeUserEntryPoint [as runMain] (node:internal/modules/run_main:164:12) {
  code: 'MODULE_NOT_FOUND',
}

Node.js v20.20.2`,
    "Error: Cannot find module 'nope'",
  ],
  [
    "rust's panic",
    "thread 'main' panicked at src/main.rs:2:5:\nboom\nnote: run with `RUST_BACKTRACE=1` environment variable",
    "thread 'main' panicked at src/main.rs:2:5: boom",
  ],
  [
    "git",
    "git@github.com: Permission denied (publickey).\nfatal: Could not read from remote repository.\n\nPlease make sure you have the correct access rights",
    "git@github.com: Permission denied (publickey).",
  ],
  [
    "reprepro",
    "Cannot find definition of distribution 'nosuch'!\nThere have been errors!",
    "Cannot find definition of distribution 'nosuch'!",
  ],
  [
    "make alone",
    "make[1]: *** [Makefile:9: check] Error 3\nmake: *** [all] Error 2",
    "make[1]: *** [Makefile:9: check] Error 3",
  ],
  ["a trap that tidies up", "E: no room\nrm: cannot remove 'x': No such file or directory", "E: no room"],
])("of %s it is the line that tells most", (_, log, expected) => {
  expect(linesOf(log).error()).toBe(expected);
});

const { nothing, ...telling } = outputLines;
test.each(Object.values(telling).flat())("a first look does not miss: %s", (line) => {
  expect(linesOf([line]).error()).toBeDefined();
});

test("lines that are no errors are none together", () => {
  expect(linesOf(nothing).error()).toBeUndefined();
});

test("of several errors it is the last, in whatever pieces they come", () => {
  const lines = tellingLines();
  for (const line of ["a.c:1: error: first", "b.c:1: error: second", "done"]) lines.write([line]);
  expect(lines.error()).toBe("b.c:1: error: second");
});

test("a complaint long after an error is why; make's word never is where an error was, however late", () => {
  const early = ["x: error: one can live with", ...noise(200)];
  expect(linesOf([...early, "cp: cannot stat 'x'"]).error()).toBe("cp: cannot stat 'x'");
  expect(linesOf([...early, "make: *** [all] Error 2"]).error()).toBe("x: error: one can live with");
  const complaint = ["ls: cannot access 'x': No such file or directory", ...noise(200)];
  expect(linesOf([...complaint, "make: *** [check] Error 3"]).error()).toBe("make: *** [check] Error 3");
});

test("where nothing looks like an error, there is the last line that is not blank", () => {
  const lines = linesOf("preparing\n+ grep -q x file\n \n\u001B[0m\n");
  lines.write([" "]);
  expect(lines.error()).toBeUndefined();
  expect(lines.last()).toBe("+ grep -q x file");
  expect(linesOf("").last()).toBeUndefined();
  expect(linesOf(["\u001B[0m"]).last()).toBeUndefined();
});

test("what is printed once it is closed is not heard", () => {
  const lines = linesOf("compiling a.c");
  lines.close();
  lines.write(["make: *** [a.o] Terminated", "E: interrupted"]);
  expect([lines.error(), lines.last()]).toEqual([undefined, "compiling a.c"]);
});

test("it is readable text: no colours, times, control characters, nor the script's own folder", () => {
  const gcc =
    "\u001B[01m\u001B[K/var/task/work/a.c:1:20:\u001B[m\u001B[K \u001B[01;31m\u001B[Kerror: \u001B[m\u001B[K‘foo’ \tundeclared\u202E";
  expect(linesOf([gcc], ["/var/task/work"]).error()).toBe("a.c:1:20: error: ‘foo’ undeclared");
  const link = "\u001B]8;;https://example.org/error\u001B\\error: \u001B]8;;\u0007linked";
  expect(linesOf([link]).error()).toBe("error: linked");
  expect(linesOf(["2026-11-29T10:00:00.123Z E: no room"]).error()).toBe("E: no room");
  expect(linesOf(["#12 3.456 fatal: no room"]).error()).toBe("fatal: no room");
  expect(linesOf(["\u001B[31mFAILED\u001B[0m tests/x.py"]).error()).toBe("FAILED tests/x.py");
});

test("of a line that is too long it is what makes it an error", () => {
  const line = linesOf([
    `${"/folder".repeat(100)}/a.c:1:20: error: ‘x’ was not declared${" here".repeat(100)}`,
  ]).error();
  expect(line).toMatch(/^….*\/a\.c:1:20: error: ‘x’ was not declared here.*…$/);
  expect(line?.length).toBeLessThan(210);
  expect(linesOf([`error: ${"🌊".repeat(5000)}`]).error()).toMatch(/^error: (?:🌊)+…$/u);
  expect(linesOf(["x".repeat(300_000)]).last()?.length).toBeLessThan(210);
});

test("a secret that colours hid from the mask is hidden before its line is cut", () => {
  const secret = "very-secret-value";
  for (let before = 150; before < 210; before++) {
    const lines = tellingLines({ secrets: [secret] });
    lines.write([
      `error: ${"x".repeat(before)} very-\u001B[1msecret-value\u001B[0m`,
      `${"x".repeat(before)} very-\u001B[1msecret-value`,
    ]);
    expect(`${lines.error()}\n${lines.last()}`).not.toMatch(/very|secret/);
  }
});

test("a line that came in pieces is told as one, and is one line", () => {
  const lines = linesOf([
    "a.c:1: err [line goes on]",
    "[line continued] or: no such  [line goes on]",
    "[line continued] file",
  ]);
  expect(lines.error()).toBe("a.c:1: error: no such file");
  expect(lines.last()).toBe("a.c:1: error: no such file");
  lines.write(["Continue? [Y/n]  [line goes on]"]);
  expect(lines.last()).toBe("Continue? [Y/n]");
  const dots = linesOf([
    "a.c:1:2: error: first",
    ". [line goes on]",
    ...Array(200).fill("[line continued] . [line goes on]"),
  ]);
  dots.write(["[line continued]  cp: cannot stat 'x'"]);
  expect(dots.error()).toBe("a.c:1:2: error: first");
});
