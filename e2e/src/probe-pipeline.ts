import { join } from "node:path";
import type { Workspace } from "./workspace.ts";

export interface ProbeScripts {
  /** Of MakeSource. */
  readonly init?: string;
  readonly MakeSource?: string;
  readonly MakePackage?: string;
  readonly Publish?: string;
  /** What runs after Publish; nothing where absent. */
  readonly afterPublish?: string;
}

const PLATFORMS = ["debian-12-bookworm", "ubuntu-24.04-noble"] as const;

/**
 * Writes a small pipeline with a real way of publishing into a workspace: a source per version, a package per platform, one publication.
 * Its scripts say hello to the log and store what they are meant to; `scripts` adds to them, run before anything is stored.
 * @param scheme the function that makes its scheme of versions; it names none where absent
 * @returns the options that make `muster` use it
 */
export async function writeProbePipeline(
  workspace: Workspace,
  scripts: ProbeScripts = {},
  scheme?: "semver" | "debianVersions",
): Promise<string[]> {
  const script = (body: string, stores: string) =>
    ["#!/bin/bash", "set -euo pipefail", 'echo "hello from $MUSTER_TASK"', body, stores, ""].join("\n");
  const store = (url: string) => `echo "$MUSTER_TASK" > object && muster-s3 cp object "${url}"`;
  const executable = { executable: true };
  await workspace.write("probe/init.sh", `#!/bin/bash\n${scripts.init ?? "true"}\n`, executable);
  await workspace.write("probe/source.sh", script(scripts.MakeSource ?? "", store("$S3_SOURCE")), executable);
  await workspace.write(
    "probe/package.sh",
    script(scripts.MakePackage ?? "", store("s3://$SCRATCH_BUCKET/$VERSION/$DISTRO.pkg")),
    executable,
  );
  await workspace.write(
    "probe/publish.sh",
    script(
      scripts.Publish ?? "",
      `for platform in $PLATFORMS; do
         if muster-s3 exists "s3://$SCRATCH_BUCKET/$VERSION/$platform.pkg"; then
           muster-s3 cp "s3://$SCRATCH_BUCKET/$VERSION/$platform.pkg" package
           muster-s3 cp package "s3://$DOWNLOADS_BUCKET/packages/$VERSION/$platform.pkg"
         fi
       done`,
    ),
    executable,
  );
  await workspace.write(
    "probe/dummy.sh",
    ["#!/bin/bash", 'echo "dummy for $MUSTER_TASK"', 'sleep "$' + '{MUSTER_DUMMY_SECONDS:-1}"', ""].join("\n"),
    executable,
  );
  const { afterPublish } = scripts;
  if (afterPublish !== undefined) await workspace.write("probe/after.sh", `#!/bin/bash\n${afterPublish}\n`, executable);
  const after = afterPublish === undefined ? "" : ' afterTask: "after.sh",';
  await workspace.write("probe/pipeline.ts", definition(scheme, after));
  return ["--pipeline", join(workspace.dir, "probe/pipeline.ts")];
}

const definition = (scheme: string | undefined, after: string) => `
import { ${scheme === undefined ? "" : `${scheme}, `}activity, definePipeline, downloads, fixedPlatforms, forEachPlatform, forEachVersion, minutes, parallel, scratch, sequence } from "@muster/pipeline";

const worker = { instanceTypes: ["t3.micro"] as const };
export const MakeSource = activity({
  name: "MakeSource", per: "version", script: "source.sh", init: "init.sh", timeout: minutes(10), worker,
  produces: ({ version }) => [scratch(\`source-\${version}.txt\`)],
});
export const MakePackage = activity({
  name: "MakePackage", per: "platform", script: "package.sh", timeout: minutes(10), worker, testBuild: true,
  produces: ({ version, platform }) => [scratch(\`\${version}/\${platform}.pkg\`)],
  publishes: ({ version, platform }) => [downloads(\`packages/\${version}/\${platform}.pkg\`)],
});
export const Publish = activity({
  name: "Publish", per: "version", script: "publish.sh", timeout: minutes(10), worker, changesDownloads: true,${after}
  shouldRun: async ({ platforms, status }) => {
    const found = await Promise.all(platforms.map((platform) => status(MakePackage, platform)));
    const run = found.includes("built_not_published");
    return { run, reason: run ? "built, not published" : "nothing to publish" };
  },
});

export default definePipeline({
  name: "probe",
  summary: "A pipeline for tests",
  platforms: fixedPlatforms(${PLATFORMS.map((name) => JSON.stringify(name)).join(", ")}),
  ${scheme === undefined ? "" : `versions: ${scheme}(),`}
  flow: forEachVersion(MakeSource, parallel(sequence("BuildAndPublish", forEachPlatform(MakePackage), Publish))),
  source: (version) => scratch(\`source-\${version}.txt\`),
  image: "/image",
  dummyScript: "dummy.sh",
  invalidates: ["/packages/*"],
});
`;
