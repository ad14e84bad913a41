import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { FILTER_NAMES } from "./filter-names.ts";
import { type Filter, type Filterable, select } from "./filters.ts";

interface Thing {
  readonly state?: string;
  readonly tags: Readonly<Record<string, string>>;
}

const THINGS: Filterable<Thing> = {
  names: ["state", "colour", "size", "on", "members", "tag-key"],
  tags: ({ tags }) => tags,
  values: ({ state }) => ({ state, size: 16, on: true, members: ["a", undefined, "b"] }),
};

const passes = (filters: readonly Filter[], thing: Thing = { state: "running", tags: { Name: "ww-0", "a:b": "" } }) =>
  select([thing], filters, THINGS).length === 1;
const matches = (pattern: string, state: string) => passes([{ Name: "state", Value: [pattern] }], { state, tags: {} });

test.each([
  ["ww-*", "ww-0-Make", true],
  ["ww-?-Make", "ww-0-Make", true],
  ["ww-?-Make", "ww-10-Make", false],
  ["WW-*", "ww-0", false],
  ["a.b", "axb", false],
  ["a\\*b", "a*b", true],
  ["a\\*b", "axb", false],
  ["(x)[y]", "(x)[y]", true],
  ["*", "", true],
  ["a\\?", "a?", true],
  ["a\\?", "ab", false],
  ["a\\\\*", "a\\b", true],
  ["a$", "a$", true],
  ["?", "", false],
])("%j against %j is %j", (pattern, value, expected) => {
  expect(matches(pattern, value)).toBe(expected);
});

test("filters must all pass, and any value of each may", () => {
  const state = { Name: "state", Value: ["pending", "running"] };
  expect(passes([])).toBe(true);
  expect(passes([state, { Name: "tag:Name", Value: ["ww-*"] }])).toBe(true);
  expect(passes([state, { Name: "tag:Name", Value: ["wa-*"] }])).toBe(false);
  expect(passes([state, { Name: "tag-key", Value: ["Name"] }])).toBe(true);
  expect(passes([state, { Name: "tag:constructor", Value: ["*"] }])).toBe(false);
  expect(passes([{ Name: "tag:a:b", Value: [""] }])).toBe(true);
  expect(passes([state, { Name: "state", Value: ["stopped"] }])).toBe(false);
  expect(passes([{ Name: "state", Value: [] }])).toBe(false);
});

test("numbers and truth are told by their text, and any member of a list counts", () => {
  const on = (Name: string, value: string) => passes([{ Name, Value: [value] }]);
  expect([on("size", "16"), on("size", "1"), on("on", "true"), on("on", "false")]).toEqual([true, false, true, false]);
  expect([on("members", "b"), on("members", "c")]).toEqual([true, false]);
});

test("what a resource does not have selects nothing", () => {
  expect(passes([{ Name: "colour", Value: ["*"] }])).toBe(false);
  expect(passes([{ Name: "state", Value: ["*"] }], { tags: {} })).toBe(false);
});

test.each(["shape", "State", "tag:", "tag", "Tag:Name", "constructor", ""])(
  "the filter %j is refused, also where there is nothing to filter",
  (Name) => {
    for (const things of [[], [{ tags: {} }]]) {
      expect(() => select(things, [{ Name, Value: ["x"] }], THINGS)).toThrow(`The filter '${Name}' is invalid`);
    }
  },
);

test("filters have EC2's limits", () => {
  const values = (count: number, length = 1) => Array.from({ length: count }, () => "v".repeat(length));
  const limited = (filters: readonly Filter[]) => () => select([], filters, THINGS);
  expect(limited([{ Name: "state", Value: values(200) }])).not.toThrow();
  const half = { Name: "state", Value: values(101) };
  expect(limited([half, half])).toThrow("The maximum number of filter values specified on a single call is 200");
  expect(limited([{ Name: "state", Value: values(1, 255) }])).not.toThrow();
  expect(limited([{ Name: "state", Value: values(1, 256) }])).toThrow("filter value is 255 characters");
  expect(limited(Array.from({ length: 51 }, () => ({ Name: "state", Value: ["v"] })))).toThrow("filters specified");
});

test("the filters of each operation are those of EC2's reference", () => {
  for (const [operation, names] of Object.entries(FILTER_NAMES)) {
    expect([...names].sort(), operation).toEqual(documentedFilters(operation));
  }
});

/** From the comment that the SDK has for the member `Filters` of an operation's request. */
function documentedFilters(operation: string): string[] {
  const comment = new RegExp(
    `interface ${operation}Request \\{(?:(?!\\n\\}).)*?/\\*\\*((?:(?!\\*/).)*)\\*/\\s*Filters\\?:`,
    "s",
  ).exec(REFERENCE)?.[1];
  const text = (comment ?? "").replace(/\s*\*\s+/g, " ");
  // Lists within the list are of values.
  let depth = 0;
  const listed = [...text.matchAll(/<(\/?)ul>|<li> ?<p> ?<code>([^<]+)<\/code>/g)].flatMap(([, end, name]) => {
    if (name === undefined) depth += end === "/" ? -1 : 1;
    return name === undefined || depth !== 1 ? [] : [name];
  });
  const aliases = [...text.matchAll(/also use ((?:<code>\w+<\/code>(?: or )?)+) as the filter/g)].flatMap(
    ([, names = ""]) => [...names.matchAll(/<code>(\w+)/g)].map(([, name = ""]) => name),
  );
  const names = listed.filter((name) => !name.startsWith("tag") || name === "tag-key");
  return [...new Set([...names, ...aliases])].sort();
}

const MODELS = join(
  dirname(createRequire(import.meta.url).resolve("@aws-sdk/client-ec2/package.json")),
  "dist-types/models",
);
const REFERENCE = readdirSync(MODELS)
  .map((file) => readFileSync(join(MODELS, file), "utf8"))
  .join("\n");
