import { existsSync, mkdirSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { InvalidInputError, type Platform } from "@muster/pipeline";
import type { Shipped } from "./shipped.ts";
import files from "./templates.json" with { type: "json" };

/** Of `templates/`. */
const folders: Readonly<Record<Shipped, readonly string[]>> = {
  deb: ["common", "source", "deb"],
  apt: ["common", "apt"],
  tarball: ["common", "source", "tarball"],
};

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
  /** What a `package.json` of the reader's own has to depend on: `muster@^0.1.0`. */
  readonly packages: readonly string[];
}

/** Of `templates/`, by path: as one module it is in every bundle, whoever makes that. */
const templates: Readonly<Record<string, string>> = files;

const MANIFEST = "common/package.json.tmpl";

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
  const kinds = [...folders[what], ...(aws ? ["aws"] : [])];
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
  const { devDependencies } = JSON.parse(fill(templates[MANIFEST] as string, options, version));
  const packages = Object.entries<string>(devDependencies).map(([name, range]) => `${name}@${range}`);
  return { written: written.sort(), kept: kept.sort(), packages };
}

/**
 * `@NAME@` and the like, and lines for some only; `_dot_` is a dot before a name, so that no tool takes a template for its own settings.
 */
function fill(text: string, { name, platforms, what, aws }: InitOptions, version: string): string {
  const values: Record<string, string> = {
    NAME: name,
    PLATFORMS: platforms.map((platform) => `"${platform}"`).join(", "),
    FIRST_PLATFORM: platforms[0] ?? "any",
    VERSION: version,
  };
  return text
    .replaceAll("_dot_", ".")
    .replaceAll(/^@IF_AWS@(.*\n)/gm, aws ? "$1" : "")
    .replaceAll(/^@IF_APT@(.*\n)/gm, what === "apt" ? "$1" : "")
    .replaceAll(/@([A-Z_]+)@/g, (whole, word: string) => values[word] ?? whole);
}
