import { readFile } from "node:fs/promises";
import { extname } from "node:path";
import type { Plugin } from "esbuild";

/** Parts of libraries that no function of ours can reach, though a bundler cannot know it. */
const NEVER_REACHED: readonly { readonly why: string; readonly modules: RegExp }[] = [
  {
    why: "no operation that we call streams events",
    modules: /[\\/]event-streams[\\/](EventStreamSerde|eventstream-(codec|serde(-universal)?)[\\/]\w+)\.js$/,
  },
  { why: "nobody signs messages of a stream", modules: /[\\/]signature-v4[\\/].*[\\/]HeaderFormatter\.js$/ },
  { why: "no date of ours travels in a header", modules: /[\\/]submodules[\\/]serde[\\/]date-utils\.js$/ },
  {
    why: "Node has digests of its own",
    modules: /[\\/](checksum[\\/](sha256|md5)|sha[\\/]sha1)[\\/]\w+Js\.js$/,
  },
  {
    why: "clients retry in the standard mode",
    modules: /[\\/]util-retry[\\/](AdaptiveRetryStrategy|DefaultRateLimiter)\.js$/,
  },
  {
    why: "a function's streams are Node's",
    modules: /[\\/]util-stream[\\/].*(sdk-stream-mixin|createChecksumStream)\.browser\.js$/,
  },
  {
    why: "no body that we send is a stream",
    modules: /[\\/]util-stream[\\/](getAwsChunkedEncodingStream|createBufferedReadable(\.browser)?)\.js$/,
  },
  {
    why: "no bucket of a stage is a directory bucket",
    modules:
      /[\\/]middleware-s3-express[\\/](classes[\\/]S3ExpressIdentity\w+|functions[\\/]s3Express\w*Middleware)\.js$/,
  },
  {
    why: "bodies that we send are small, and have a length",
    modules: /[\\/]middleware-(expect-continue|check-content-length-header)[\\/][\w-]+\.js$/,
  },
  {
    why: "no function is called by a queue, a topic or a bucket, in which AWS looks for loops",
    modules: /[\\/]middleware-recursion-detection[\\/]getRecursionDetectionPlugin\.js$/,
  },
  { why: "nobody signs for several regions", modules: /[\\/]AwsSdkSigV4ASigner\.js$/ },
  { why: "Lambda names its region", modules: /[\\/]regionConfig[\\/]getInstanceMetadataRegion\.js$/ },
  { why: "Lambda's Node is not too old", modules: /[\\/]client[\\/]emitWarningIfUnsupportedVersion\.js$/ },
  {
    why: "nobody asks which of the SDK's features a call had",
    modules: /[\\/]middleware-user-agent[\\/]check-features\.js$/,
  },
  { why: "no client is given a logger", modules: /[\\/]middleware-logger[\\/]loggerMiddleware\.js$/ },
  {
    why: "no object is encrypted with a key of the caller's",
    modules: /[\\/]middleware-ssec[\\/]middleware-ssec\.js$/,
  },
  {
    why: "a stage's buckets are in its region",
    modules: /[\\/]middleware-region-redirect[\\/]region-redirect-(endpoint-)?middleware\.js$/,
  },
  {
    why: "nobody asks a function for JSON schemas",
    modules: /[\\/]zod[\\/]v4[\\/]core[\\/](to-json-schema|json-schema-processors)\.js$/,
  },
];

/** A definition that cannot work was refused when its functions were bundled; they are given what passed. */
const CHECKS_OF_DEFINITIONS = /[\\/]pipeline[\\/](src|dist)[\\/]check-pipeline\.[jt]s$/;
const noChecks = (extension: string) => `
export const checkDefinition = () => {};
export const checkScripts = () => {};
export { MusterError as InvalidPipelineError } from "./muster-error${extension}";`;

/** What a function parses comes from JSON, in which nothing holds itself; zod goes without this where there is none. */
const MEMORY_OF_CYCLES = /[\\/]zod[\\/]v4[\\/]core[\\/]memoizer\.js$/;
const NO_MEMORY = `
export const memoizer = () => undefined;
export const isRecursiveSchema = () => false;
export const isBackEdge = () => false;
export class $ZodCyclicError extends Error {}`;

/**
 * Replaces what is never reached: every export becomes a function whose result throws, should it be called after all. A plugin
 * of a client, which is there for every call, adds nothing to it.
 */
export const leaveOut: Plugin = {
  name: "leave-out",
  setup(build) {
    build.onLoad({ filter: CHECKS_OF_DEFINITIONS }, ({ path }) => ({
      contents: noChecks(extname(path)),
      loader: "ts",
    }));
    build.onLoad({ filter: MEMORY_OF_CYCLES }, () => ({ contents: NO_MEMORY, loader: "js" }));
    for (const { why, modules } of NEVER_REACHED) {
      build.onLoad({ filter: modules }, async ({ path }) => ({
        contents: withoutBodies(await readFile(path, "utf8"), why),
        loader: "js",
      }));
    }
  },
};

/** Clients and schemas make objects and methods of these before anybody calls them, so it is what they return that throws. */
export function withoutBodies(source: string, why: string): string {
  const declared = [...source.matchAll(/^export (?:async )?(?:const|let|var|function|class) (\w+)/gm)].map(
    ([, name = ""]) => name,
  );
  const listed = [...source.matchAll(/^export \{([^}]*)\}/gm)]
    .flatMap(([, names = ""]) => names.split(","))
    .map((name) =>
      name
        .trim()
        .split(/\s+as\s+/)
        .at(-1),
    )
    .filter((name) => name !== undefined)
    .filter((name) => name !== "");
  const reason = JSON.stringify(`left out of the bundle: ${why}`);
  return [
    `function leftOut() { return () => { throw new Error(${reason}); }; }`,
    "function addsNothing() { return { applyToStack() {} }; }",
    ...[...new Set([...declared, ...listed])].map(
      (name) => `export { ${/^get\w+Plugin$/.test(name) ? "addsNothing" : "leftOut"} as ${name} };`,
    ),
  ].join("\n");
}
