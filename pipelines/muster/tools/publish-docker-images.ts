import { cp, mkdtemp, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { binaryPackage, packageName } from "../artifacts.ts";
import { fetchBuiltPackage } from "./built-package.ts";
import { env } from "./env.ts";
import { openS3 } from "./objects.ts";
import { runProgram } from "./run-program.ts";
import { runTool } from "./run-tool.ts";

await runTool(async () => {
  const builder = env.imageBuilder();
  const found = await firstBuilt();
  if (found === undefined) return said(`no package of ${env.version()} is built: no image`);

  const context = await mkdtemp("image-");
  try {
    await cp(join(import.meta.dirname, "image/Dockerfile"), join(context, "Dockerfile"));
    await writeFile(join(context, "muster.deb"), found.body);
    const image = `${env.imageRepository() ?? packageName}:${env.version()}`;
    await runProgram(builder, ["build", "--build-arg", `BASE=${found.base}`, "--tag", image, context], { show: true });
    if (env.imageRepository() === undefined)
      return said(`${image}, by ${builder}, on this machine only: no repository to push to`);
    await runProgram(builder, ["push", image], { show: true });
    return said(`${image}, by ${builder}`);
  } finally {
    await rm(context, { recursive: true });
  }
});

/** The package of the first platform that has one, and the image of that platform. */
async function firstBuilt(): Promise<{ body: Buffer; base: string } | undefined> {
  const s3 = openS3();
  for (const platform of env.platforms()) {
    const artifact = binaryPackage({ version: env.version(), platform });
    const built = await fetchBuiltPackage(s3, artifact, env.buckets().scratch);
    const slim = artifact.family === "debian" ? "-slim" : "";
    if (built !== undefined)
      return { body: built.body, base: `docker.io/library/${artifact.family}:${artifact.codename}${slim}` };
  }
  return undefined;
}

function said(note: string): { note: string } {
  console.log(note);
  return { note };
}
