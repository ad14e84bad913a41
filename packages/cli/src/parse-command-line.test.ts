import { expect, test } from "vitest";
import { flag, list, option, optional, positional, words } from "./arguments.ts";
import { command } from "./command.ts";
import { parseCommandLine } from "./parse-command-line.ts";

const build = command({
  name: "build",
  summary: "",
  args: { words: words("", ["--skip-ec2", "--fake-ec2"]), noFollow: flag("-n", ""), timeScale: option("number", "") },
  run: async () => 0,
});
const logs = command({
  name: "logs",
  summary: "",
  args: { task: positional("a task"), build: optional("") },
  run: async () => 0,
});
const local = command({ name: "local", summary: "", args: { allowHost: list("name", "") }, run: async () => 0 });
const parse = (line: string) => parseCommandLine(line.split(" ").filter(Boolean), [build, logs, local]);

test("words and options come in any order", () => {
  const expected = { words: ["1.2.3", "--skip-ec2", "MakeBinaryPackage"], noFollow: true, timeScale: "60" };
  for (const line of [
    "build 1.2.3 --skip-ec2 MakeBinaryPackage --no-follow --time-scale 60",
    "--no-follow build --time-scale=60 1.2.3 --skip-ec2 MakeBinaryPackage",
    "-n build 1.2.3 --time-scale 60 --skip-ec2 MakeBinaryPackage",
  ]) {
    expect(parse(line)).toMatchObject({ kind: "run", command: { name: "build" }, values: expected });
  }
});

test("an option that a command's words may hold stays a word, also in the seed's spelling", () => {
  expect(parse("build --fake_ec2")).toMatchObject({ values: { words: ["--fake_ec2"] } });
});

test("an option that lists keeps all that it was given", () => {
  expect(parse("local --allow-host a --allow-host=b")).toMatchObject({ values: { allowHost: ["a", "b"] } });
  expect(parse("local")).toMatchObject({ values: { allowHost: [] } });
});

test("global options are told apart from a command's own", () => {
  expect(parse("--state-dir /tmp/x logs T --json --stage prod")).toMatchObject({
    kind: "run",
    globals: { stateDir: "/tmp/x", stage: "prod", json: true, quiet: false, noColor: false, pipeline: undefined },
    values: { task: "T", build: undefined },
  });
});

test.each([
  ["", undefined],
  ["--help", undefined],
  ["build -h", "build"],
])("%j shows help", (line, name) => {
  const parsed = parse(line);
  expect(parsed.kind).toBe("help");
  expect(parsed.kind === "help" ? parsed.command?.name : "").toBe(name);
});

test("--version wins over everything else", () => {
  expect(parse("build --version")).toEqual({ kind: "version" });
});

test.each([
  ["biuld", '"biuld" is not a command', "did you mean build?"],
  ["build --skip-ec", '"--skip-ec" is not an option of this command', "did you mean --skip-ec2?"],
  ["build --no-folow", '"--no-folow" is not an option of this command', "did you mean --no-follow?"],
  ["build --time-scale", "--time-scale needs a value: --time-scale <number>", undefined],
  ["local --allow-host", "--allow-host needs a value: --allow-host <name>", undefined],
  ["build --no-follow=1", "--no-follow takes no value", undefined],
  ["logs", "muster logs needs a task", "a task"],
  ["logs a b c", '"c" is one word too many for muster logs', "muster help logs shows what it takes"],
])("%j is refused: %s", (line, message, hint) => {
  expect(() => parse(line)).toThrow(expect.objectContaining({ name: "Muster.Usage", message, hint }));
});
