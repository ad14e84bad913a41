import { chmod, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { measureProgram } from "./measure-program.ts";

export interface BuildMemory {
  /** Resident at the most, by tasks of the build. */
  readonly peakBytes: readonly { readonly tasks: number; readonly bytes: number }[];
  readonly bytesPerTask: number;
}

const PLATFORMS = 91;
const FEW = 1;
const MANY = 10;

const pipeline = `
import { activity, definePipeline, fixedPlatforms, forEachPlatform, forEachVersion, minutes } from "@muster/pipeline";
const Make = activity({
  name: "Make", per: "platform", script: "make.sh", timeout: minutes(10), worker: { instanceTypes: ["t3.micro"] }, maxWorkers: 4,
});
export default definePipeline({
  name: "bench", summary: "Many tasks",
  platforms: fixedPlatforms(...(Array.from({ length: ${PLATFORMS} }, (_, number) => \`debian-\${number}\`) as [string, ...string[]])),
  flow: forEachVersion(forEachPlatform(Make)), image: "/image", dummyScript: "make.sh", invalidates: [],
});
`;

/** What `muster build` itself holds, whose workers are processes of their own: two real builds, of one version and of ten. */
export async function buildMemory(muster: string, dir: string): Promise<BuildMemory> {
  const peakBytes = [];
  for (const versions of [FEW, MANY]) {
    const cwd = join(dir, `build-${versions}`);
    await mkdir(cwd);
    await writeFile(join(cwd, "make.sh"), "#!/bin/sh\nexit 0\n");
    await chmod(join(cwd, "make.sh"), 0o755);
    await writeFile(join(cwd, "pipeline.ts"), pipeline);
    const env = { HOME: dir, PATH: "/usr/bin:/bin" };
    const words = Array.from({ length: versions }, (_, version) => `1.2.${version}`);
    const { peakBytes: bytes } = await measureProgram([muster, "build", ...words, "--quiet"], { cwd, env });
    peakBytes.push({ tasks: versions * PLATFORMS, bytes });
  }
  const [few, many] = peakBytes.map(({ bytes }) => bytes);
  return { peakBytes, bytesPerTask: ((many ?? 0) - (few ?? 0)) / ((MANY - FEW) * PLATFORMS) };
}
