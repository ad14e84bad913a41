import { MusterError } from "@muster/pipeline";
import * as z from "zod";

const versions = z.record(z.string(), z.string());
const Exports = z.record(z.string(), z.string());
const ofNpm = z.looseObject({
  name: z.string().optional(),
  bin: versions.optional(),
  exports: Exports.optional(),
  dependencies: versions.optional(),
  peerDependencies: versions.optional(),
});

/** A package.json of this repository, as far as what is published follows from it. */
export const SourceManifest = z.looseObject({
  name: z.string(),
  version: z.string(),
  private: z.boolean().optional(),
  description: z.string().optional(),
  license: z.string().optional(),
  keywords: z.array(z.string()).optional(),
  engines: versions.optional(),
  sideEffects: z.boolean().optional(),
  bin: versions.optional(),
  exports: Exports.optional(),
  /** What is published beside what is built. */
  files: z.array(z.string()).default([]),
  scripts: versions.default({}),
  dependencies: versions.default({}),
  peerDependencies: versions.optional(),
  peerDependenciesMeta: z.record(z.string(), z.object({ optional: z.boolean() })).optional(),
  /** Fields that are others on npm than in the workspace. */
  publishConfig: ofNpm.default({}),
});
export type SourceManifest = z.output<typeof SourceManifest>;

/** Where the source of a package is to be found, which npm holds against where it was published from. */
export interface Origin {
  /** `https://github.com/owner/name`, without anything behind it. */
  readonly repository: string;
  /** Of the package, in the repository. */
  readonly directory: string;
}

export interface PublishedManifest {
  readonly name: string;
  readonly version: string;
  /** By the command's name: the program, which a launcher beside it starts. */
  readonly programs: Readonly<Record<string, string>>;
  /** Source files that are imported from outside. */
  readonly entries: readonly string[];
  readonly json: Readonly<Record<string, unknown>>;
}

/**
 * What npm gets for a package of the workspace: built files in place of sources, one version for all of ours, and of private packages nothing, since those that a
 * published one needs are bundled with it.
 * @param published names of ours that are published, all at the same version
 * @throws MusterError where something of ours would not be there
 */
export function publishedManifest(
  source: SourceManifest,
  { origin, published }: { origin: Origin; published: ReadonlySet<string> },
): PublishedManifest {
  const { publishConfig, version, engines } = source;
  const name = publishConfig.name ?? source.name;
  if (engines?.node === undefined)
    throw new MusterError(`${origin.directory}/package.json does not say which Node it needs`, {
      hint: '"engines": { "node": ">=22.18" }',
    });
  const exports = publishConfig.exports ?? source.exports ?? {};
  const programs = publishConfig.bin ?? source.bin ?? {};
  const bin = Object.fromEntries(Object.keys(programs).map((command) => [command, `./bin/${command}.js`]));
  const dependencies = publishConfig.dependencies ?? source.dependencies;
  const peers = publishConfig.peerDependencies ?? source.peerDependencies;
  const json = {
    name,
    version,
    description: source.description,
    keywords: source.keywords,
    license: source.license,
    repository: { type: "git", url: `git+${origin.repository}.git`, directory: origin.directory },
    homepage: `${origin.repository}/tree/v${version}/${origin.directory}#readme`,
    bugs: `${origin.repository}/issues`,
    type: "module",
    sideEffects: source.sideEffects,
    engines,
    bin: Object.keys(bin).length > 0 ? bin : undefined,
    exports: Object.fromEntries([
      ...Object.entries(exports).map(([path, file]) => [path, exported(file, origin)]),
      ["./package.json", "./package.json"],
    ]),
    files: ["bin", "dist", ...source.files].filter((each) => each !== "bin" || Object.keys(bin).length > 0),
    dependencies: atOneVersion(dependencies, { version, published }),
    peerDependencies: peers && atOneVersion(peers, { version, published }),
    peerDependenciesMeta: source.peerDependenciesMeta,
    publishConfig: { access: "public", provenance: true },
  };
  const entries = Object.values(exports).filter((file) => file.endsWith(".ts"));
  return { name, version, programs, entries, json: JSON.parse(JSON.stringify(json)) };
}

function exported(file: string, { directory }: Origin): string | { types: string; default: string } {
  if (!file.endsWith(".ts")) return file;
  return { types: built(file, "d.ts", directory), default: built(file, "js", directory) };
}

/** `src/` becomes `dist/`, file by file, so that what is named from there stays where it is. */
export function built(file: string, extension: "js" | "d.ts", directory: string): string {
  const [, path] = /^\.\/src\/(.+)\.ts$/.exec(file) ?? [];
  if (path === undefined)
    throw new MusterError(`${directory}/package.json exports ${file}, and what is published is built of src/`);
  return `./dist/${path}.${extension}`;
}

function atOneVersion(
  dependencies: Readonly<Record<string, string>>,
  { version, published }: { version: string; published: ReadonlySet<string> },
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(dependencies).flatMap(([name, range]) => {
      if (!range.startsWith("workspace:")) return [[name, range]];
      return published.has(name) ? [[name, version]] : [];
    }),
  );
}
