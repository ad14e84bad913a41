import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { pathToFileURL } from "node:url";
import { expect, test } from "vitest";
import { commands } from "./commands.ts";

const HOOK = pathToFileURL(join(import.meta.dirname, "testing/loaded-modules.mjs")).href;

/** The modules that the program loads to carry out a command, as URLs. */
async function loadedBy(...words: string[]): Promise<string[]> {
  const program = ["--disable-warning=ExperimentalWarning", "--import", HOOK, join(import.meta.dirname, "main.ts")];
  const child = spawn(process.execPath, [...program, ...words], { stdio: ["ignore", "ignore", "inherit", "pipe"] });
  const [urls] = await Promise.all([text(child.stdio[3] as Readable), once(child, "exit")]);
  expect(child.exitCode).toBe(0);
  return urls.trim().split("\n");
}

test.each(["--version", "help", "help --json", "status --help"])(
  "muster %s loads no client of AWS, and no command's code",
  async (line) => {
    const loaded = await loadedBy(...line.split(" "));
    expect(loaded.some((url) => url.endsWith("/src/commands/status.ts"))).toBe(true);
    const needless =
      /\/@(aws-sdk|smithy)\/|packages\/(asl|lambdas|local|worker-agent)\/|\/src\/(stages\/(local|aws)|history|logs|run-(build|init))/;
    expect(loaded.filter((url) => needless.test(url))).toEqual([]);
  },
);

test("every command is listed once, and help last", () => {
  const names = commands.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  expect(names.at(-1)).toBe("help");
});
