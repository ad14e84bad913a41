import { chmod, mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { PackageManager } from "./package-managers.ts";
import type { Packed } from "./packed.ts";

const PIPELINE = `import { activity, definePipeline, downloads, fixedPlatforms, forEachPlatform, forEachVersion, minutes, scratch } from "@muster/pipeline";

const Compile = activity({
  name: "Compile",
  per: "platform",
  script: "scripts/compile.sh",
  timeout: minutes(10),
  worker: { instanceTypes: ["t3.small"], rootVolumeGb: 16 },
  produces: ({ version, platform }) => [scratch(\`\${version}/\${platform}.txt\`)],
  access: { writes: [scratch("")] },
});

const Publish = activity({
  name: "Publish",
  per: "version",
  script: "scripts/publish.sh",
  timeout: minutes(10),
  worker: { instanceTypes: ["t3.small"], rootVolumeGb: 16 },
  publishes: ({ version }) => [downloads(\`\${version}/all.txt\`)],
  changesDownloads: true,
  access: { reads: [scratch("")], writes: [downloads("")] },
});

export default definePipeline({
  name: "reader",
  summary: "A reader's own release",
  platforms: fixedPlatforms("debian-12-bookworm", "debian-13-trixie"),
  flow: forEachVersion(forEachPlatform(Compile), Publish),
  image: "/aws/service/debian/release/12/latest/amd64",
  dummyScript: "scripts/dummy.sh",
  invalidates: ["/*"],
});
`;

const STAGES = `import { defineStages } from "@muster/infra";

export default defineStages({
  production: {
    account: "111122223333",
    region: "eu-central-1",
    network: { kind: "own", zones: ["eu-central-1a", "eu-central-1b"] },
  },
});
`;

const APP = `import { createMusterStack, loadStage, projectIn } from "@muster/infra/constructs";
import { App, TerraformOutput } from "cdktf";
import stages from "./stages.ts";

const app = new App({ outdir: "own.out", skipValidation: true });
const { folder, bundles } = projectIn(import.meta.dirname);
for (const stage of stages) {
  const stack = createMusterStack(app, await loadStage(stage, { folder, ...bundles }));
  new TerraformOutput(stack, "own", { value: stage.region });
}
app.synth();
`;

const RECIPES = `import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { sourceTarball } from "@muster/recipes";

const { name, script } = sourceTarball({ name: "reader", packages: ["reader"] });
if (existsSync(fileURLToPath(script))) console.log(name);
`;

const SIMULATION = `import { simulate } from "@muster/simulation";
import pipeline from "./pipeline.ts";

await using world = await simulate(pipeline, { scripts: { Publish: (task) => task.fails() } });
const { status, done } = await world.build("1.2.3");
console.log(status, done.join(" "));
`;

const SCRIPTS = {
  "scripts/compile.sh": `#!/bin/bash
set -euo pipefail
echo "$VERSION for $DISTRO" > built.txt
muster-s3 cp built.txt "s3://$SCRATCH_BUCKET/$VERSION/$DISTRO.txt"
`,
  "scripts/publish.sh": `#!/bin/bash
set -euo pipefail
for platform in $PLATFORMS; do
  muster-s3 cp "s3://$SCRATCH_BUCKET/$VERSION/$platform.txt" one.txt
  cat one.txt >> all.txt
done
muster-s3 cp all.txt "s3://$DOWNLOADS_BUCKET/$VERSION/all.txt"
`,
  "scripts/dummy.sh": "#!/bin/sh\nexit 0\n",
};

/** As strict as it gets, declarations of libraries included. */
const COMPILER = {
  strict: true,
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  skipLibCheck: false,
  module: "nodenext",
  target: "es2024",
  types: ["node"],
  noEmit: true,
  allowImportingTsExtensions: true,
  erasableSyntaxOnly: true,
  verbatimModuleSyntax: true,
};

/** Writes a repository that holds a release and nothing of ours, with the packages that it asks for. */
export async function writeProject(
  folder: string,
  { packed, files = {} }: { packed: readonly Packed[]; files?: PackageManager["files"] },
): Promise<void> {
  const ours = Object.fromEntries(packed.map(({ name, file }) => [name, `file:${file}`]));
  const manifest = {
    name: "reader",
    version: "1.0.0",
    private: true,
    type: "module",
    devDependencies: {
      ...ours,
      "@types/node": "^22.0.0",
      cdktf: "0.21.0",
      constructs: "^10.8.1",
      typescript: "7.0.2",
    },
    // What ours ask of each other is not in the registry yet.
    pnpm: { overrides: ours },
    resolutions: ours,
  };
  const all = {
    "package.json": JSON.stringify(manifest),
    "tsconfig.json": JSON.stringify({ compilerOptions: COMPILER, include: ["*.ts"] }),
    "cdktf.json": JSON.stringify({ language: "typescript", app: "npx muster-infra synth", projectId: "reader" }),
    "pipeline.ts": PIPELINE,
    "stages.ts": STAGES,
    "app.ts": APP,
    "recipes.ts": RECIPES,
    "simulation.ts": SIMULATION,
    ...SCRIPTS,
    ...files,
  };
  for (const [path, text] of Object.entries(all)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
    if (path.endsWith(".sh")) await chmod(join(folder, path), 0o755);
  }
}
