import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { commands } from "../src/commands.ts";
import { makeSchemas } from "./make-schemas.ts";

const folder = join(import.meta.dirname, "../schemas");

/** Their output is for a shell. */
const WITHOUT_JSON = ["completion"];

test("the schemas are what is made of the types: pnpm --filter cli schemas writes them anew", () => {
  const kept = readdirSync(folder).filter((file) => file.endsWith(".schema.json"));
  const read = (file: string) => JSON.parse(readFileSync(join(folder, file), "utf8"));
  expect(new Map(kept.sort().map((file) => [file, read(file)]))).toEqual(new Map([...makeSchemas()].sort()));
});

test("every command has one", () => {
  const files = new Set(readdirSync(folder));
  const without = commands.map(({ name }) => name).filter((name) => !files.has(`${name}.schema.json`));
  expect(without).toEqual(WITHOUT_JSON);
});
