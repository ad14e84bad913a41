import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { unzipSync } from "fflate";
import { expect, test } from "vitest";
import { zipFolder } from "./zip-folder.ts";

test("an archive depends on names and contents alone, not on when or in which order files were written", () => {
  const folder = mkdtempSync(join(tmpdir(), "muster-zip-"));
  try {
    const digests = [
      ["index.mjs", "a.json"],
      ["a.json", "index.mjs"],
    ].map((names, round) => {
      const inner = join(folder, String(round), "Function");
      mkdirSync(inner, { recursive: true });
      for (const name of names) {
        writeFileSync(join(inner, name), `content of ${name}`);
        utimesSync(join(inner, name), new Date(2000 + round, 5, 1), new Date(2000 + round, 5, 1));
      }
      return zipFolder(inner);
    });
    expect(digests[0]?.digest).toBe(digests[1]?.digest);
    const entries = unzipSync(readFileSync(digests[0]?.file ?? ""));
    expect(Object.keys(entries)).toEqual(["a.json", "index.mjs"]);
    expect(Buffer.from(entries["index.mjs"] ?? []).toString()).toBe("content of index.mjs");
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("an archive takes the place of the one before", () => {
  const folder = mkdtempSync(join(tmpdir(), "muster-zip-"));
  try {
    const inner = join(folder, "ParseInput");
    mkdirSync(inner);
    const made = ["old", "new"].map((content) => {
      writeFileSync(join(inner, "index.mjs"), content);
      return zipFolder(inner);
    });
    expect(made[0]?.digest).not.toBe(made[1]?.digest);
    expect(readdirSync(join(folder, ".archives"))).toEqual(["ParseInput.zip"]);
    const [entry] = Object.values(unzipSync(readFileSync(made[1]?.file ?? "")));
    expect(Buffer.from(entry ?? []).toString()).toBe("new");
  } finally {
    rmSync(folder, { recursive: true });
  }
});
