import { existsSync, mkdirSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { InvalidInputError, type Platform } from "@muster/pipeline";
import type { Shipped } from "./shipped.ts";
import files from "./templates.json" with { type: "json" };

export interface InitOptions {
  /** Of the repository; made where it is not there. */
  readonly folder: string;
  readonly name: string;
  readonly what: Shipped;
  /** Of a pipeline of packages. */
  readonly platforms: readonly Platform[];
  /** With what deploys a stage. */
  readonly aws: boolean;
}

/** Files by their paths in the repository. */
export interface InitReport {
  readonly written: readonly string[];
  /** They were there already, and stay as they are. */
  readonly kept: readonly string[];
}

/** Of `templates/`, by path: as one module it is in every bundle, whoever makes that. */
const templates: Readonly<Record<string, string>> = files;

/**
 * Writes a small repository around a pipeline; what is there already stays as it is.
 * @param version of the packages that it depends on
 * @throws InvalidInputError when the folder is a file
 */
export function initRepository(options: InitOptions, { version }: { version: string }): InitReport {
  const { folder, what, aws } = options;
  if (existsSync(folder) && !statSync(folder).isDirectory()) {
    throw new InvalidInputError(`${folder} is a file`, { hint: "name a folder with --dir" });
  }
  const written: string[] = [];
  const kept: string[] = [];
  const kinds = ["common", what, ...(aws ? ["aws"] : [])];
  for (const [template, contents] of Object.entries(templates)) {
    const [, kind = "", named = ""] = /^([^/]+)\/(.+)\.tmpl$/.exec(template) ?? [];
    if (!kinds.includes(kind)) continue;
    const path = fill(named, options, version);
    const file = join(folder, path);
    if (existsSync(file)) {
      kept.push(path);
      continue;
    }
    const text = fill(contents, options, version);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text, { mode: text.startsWith("#!") ? 0o777 : 0o666 });
    written.push(path);
  }
  return { written: written.sort(), kept: kept.sort() };
}

/** `@NAME@` and the like; `_dot_` is a dot before a name, so that no tool takes a template for its own settings. */
function fill(text: string, { name, platforms, aws }: InitOptions, version: string): string {
  const values: Record<string, string> = {
    NAME: name,
    PLATFORMS: platforms.map((platform) => `"${platform}"`).join(", "),
    FIRST_PLATFORM: platforms[0] ?? "any",
    VERSION: version,
    AWS_PACKAGES: aws ? awsPackages(version) : "",
  };
  return text.replaceAll("_dot_", ".").replaceAll(/@([A-Z_]+)@/g, (whole, word: string) => values[word] ?? whole);
}

/** Of `package.json`, what a stage needs; the end of cdktf's releases is this. */
const awsPackages = (version: string): string =>
  [
    `\n    "@muster/infra": "^${version}",`,
    '\n    "cdktf": "0.21.0",',
    '\n    "cdktf-cli": "0.21.0",',
    '\n    "constructs": "^10.8.1",',
  ].join("");
