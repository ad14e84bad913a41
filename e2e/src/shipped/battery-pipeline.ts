import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Workspace } from "../workspace.ts";

/** What a task of the battery's pipeline waits for, once each: to be found in the middle of its work. */
export type Wait = "first" | "second";

/** Waits twice, for whoever kills it; then a file of three parts goes up and comes down. Version 2 never ends. */
const make = `#!/bin/bash
set -euo pipefail
echo "making $VERSION with $TOOL"
[ "$VERSION" != 2.0.0 ] || sleep 600
for each in first second; do
  if ! muster-s3 exists "s3://$SCRATCH_BUCKET/$each"; then
    echo "$each" >waits
    muster-s3 cp waits "s3://$SCRATCH_BUCKET/$each"
    sleep 600
  fi
done
head -c 12582912 /dev/urandom >large
muster-s3 cp large "s3://$SCRATCH_BUCKET/$VERSION/large"
muster-s3 cp "s3://$SCRATCH_BUCKET/$VERSION/large" again
cmp large again
echo "made $VERSION"
`;

const publish = `#!/bin/bash
set -euo pipefail
echo "publishing $VERSION under $MUSTER_FENCING"
muster-s3 cp "s3://$SCRATCH_BUCKET/$VERSION/large" large
muster-s3 cp large "s3://$DOWNLOADS_BUCKET/$VERSION/large"
`;

const withdraw = `#!/bin/bash
set -euo pipefail
for object in $TAKE_BACK; do muster-s3 rm "$object"; done
`;

const definition = `
import { activity, definePipeline, downloads, fixedPlatforms, forEachPlatform, forEachVersion, minutes, scratch, sns } from "@muster/pipeline";

const worker = { instanceTypes: ["t3.micro"] as const };
const timeout = minutes(10);
export const Make = activity({
  name: "Make", per: "version", script: "make.sh", init: "init.sh", timeout, worker,
  produces: ({ version }) => [scratch(\`\${version}/large\`)],
});
export const Publish = activity({
  name: "Publish", per: "platform", script: "publish.sh", timeout, worker, exclusive: true,
  publishes: ({ version }) => [downloads(\`\${version}/large\`)],
  withdraw: { kind: "script", script: "withdraw.sh" },
});

export default definePipeline({
  name: "battery",
  summary: "What every form of Muster must do",
  platforms: fixedPlatforms("debian-12-bookworm"),
  flow: forEachVersion(Make, forEachPlatform(Publish)),
  image: "/image",
  dummyScript: "dummy.sh",
  invalidates: [],
  notifies: [sns({ name: "mail" })],
});
`;

/** @returns the options that make `muster` use it */
export async function writeBatteryPipeline(workspace: Workspace): Promise<string[]> {
  await workspace.write("make.sh", make, { executable: true });
  await workspace.write("publish.sh", publish, { executable: true });
  await workspace.write("withdraw.sh", withdraw, { executable: true });
  await workspace.write("init.sh", "#!/bin/bash\nexport TOOL=tools\n", { executable: true });
  await workspace.write("dummy.sh", '#!/bin/bash\necho "dummy for $MUSTER_TASK"\n', { executable: true });
  await workspace.write("pipeline.ts", definition);
  return ["--pipeline", join(workspace.dir, "pipeline.ts")];
}

export const waits = ({ dir }: Workspace, wait: Wait): boolean =>
  existsSync(join(dir, ".muster/s3/battery-scratch", wait));
