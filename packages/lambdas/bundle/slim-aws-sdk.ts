import { readFile } from "node:fs/promises";
import type { Plugin } from "esbuild";
import { READ_OF_EC2, withMembers } from "./read-members.ts";

/** Lambda hands a function its credentials by environment; the SDK's chain of other sources is a third of a bundle. */
const ENVIRONMENT_CREDENTIALS = `
export const defaultProvider = () => async () => ({
  accessKeyId: process.env.AWS_ACCESS_KEY_ID,
  secretAccessKey: process.env.AWS_SECRET_ACCESS_KEY,
  sessionToken: process.env.AWS_SESSION_TOKEN,
});`;

/** Signatures that hold in several regions are for access points, which no stage has. */
const ONE_REGION = `
export { SignatureV4 as SignatureV4MultiRegion, SignatureV4 as SignatureV4SignWithCredentials } from "@smithy/signature-v4";`;

/** Bundles the AWS SDK with nothing but the operations that are called, and with the credentials that a Lambda function has. */
export const slimAwsSdk: Plugin = {
  name: "slim-aws-sdk",
  setup(build) {
    const replace = (module: string, contents: string) => {
      build.onResolve({ filter: new RegExp(`^${module}$`) }, ({ resolveDir }) => ({
        path: module,
        namespace: "slim-aws-sdk",
        pluginData: resolveDir,
      }));
      build.onLoad({ filter: new RegExp(`^${module}$`), namespace: "slim-aws-sdk" }, ({ pluginData }) => ({
        contents,
        resolveDir: pluginData,
      }));
    };
    replace("@aws-sdk/credential-provider-node", ENVIRONMENT_CREDENTIALS);
    replace("@aws-sdk/signature-v4-multi-region", ONE_REGION);
    build.onLoad({ filter: /[\\/]@aws-sdk[\\/][^\\/]+[\\/]package\.json$/ }, async ({ path }) => {
      const { name, version }: Record<string, unknown> = JSON.parse(await readFile(path, "utf8"));
      return { contents: JSON.stringify({ name, version }), loader: "json" };
    });
    build.onLoad({ filter: /[\\/]util-endpoints[\\/].*[\\/]partitions\.js$/ }, async ({ path }) => ({
      contents: withoutRegionNames(await readFile(path, "utf8")),
      loader: "js",
    }));
    build.onLoad({ filter: /[\\/]schemas[\\/]schemas_\d+\.js$/ }, async ({ path }) => ({
      contents: markPure(withReadMembers(path, await readFile(path, "utf8"))),
      loader: "js",
    }));
  },
};

const withReadMembers = (path: string, source: string): string =>
  /[\\/]client-ec2[\\/]/.test(path) ? withMembers(source, READ_OF_EC2) : source;

interface Partitions {
  readonly partitions: readonly { readonly regions: Readonly<Record<string, unknown>> }[];
}

const PARTITIONS = /^export const partitionsInfo = (\{.*\});\s*$/s;

/** A region belongs to the partition whose pattern it matches; the list of all has but their names for people. */
export function withoutRegionNames(source: string): string {
  const [, json] = PARTITIONS.exec(source) ?? [];
  if (json === undefined)
    throw new Error("the SDK writes its list of partitions in another way: see withoutRegionNames");
  const info: Partitions = JSON.parse(json);
  const partitions = info.partitions.map((partition) => ({ ...partition, regions: {} }));
  return `export const partitionsInfo = ${JSON.stringify({ ...info, partitions })};`;
}

/** An error that is not registered reaches its catcher as the service's base exception under its own name, which is all that we look at. */
const registersError = (line: string): boolean =>
  /^\w+\.registerError\(\w+\$?, \w+\);$/.test(line) && !line.includes("ServiceException");

/**
 * The SDK describes every shape of a service as a constant array. Computed keys in them look to a bundler as if they could do something, so it keeps all shapes
 * of all operations: half a megabyte for EC2. As results of pure functions, those that nobody uses are dropped.
 */
export function markPure(source: string): string {
  let open = false;
  const lines = source
    .split("\n")
    .filter((line) => !registersError(line))
    .map((line) => {
      let text = line;
      const start = open ? null : /^((?:export )?(?:var|let|const) \S+ = )\[/.exec(text);
      if (start !== null) {
        open = true;
        text = `${start[1]}/* @__PURE__ */ (() => [${text.slice(start[0].length)}`;
      }
      if (open && text.trimEnd().endsWith("];")) {
        open = false;
        text = `${text.trimEnd().slice(0, -1)})();`;
      }
      return text;
    });
  return lines.join("\n");
}
