import { spawn } from "node:child_process";
import { once } from "node:events";
import { env } from "./env.ts";

const builders = ["docker", "podman", "buildah"] as const;
export type ImageBuilder = (typeof builders)[number];

/** The first program that builds images and works: a client whose daemon does not answer counts as none. */
export async function findImageBuilder(): Promise<ImageBuilder | undefined> {
  for (const builder of builders) if (await works(builder)) return builder;
  return undefined;
}

async function works(builder: ImageBuilder): Promise<boolean> {
  // Docker's client ends with 0 though its server does not answer, unless it is asked for something of the server's.
  const args = builder === "docker" ? ["info", "--format", "{{.ServerVersion}}"] : ["info"];
  const child = spawn(builder, args, { stdio: "ignore", env: env.inherited(), signal: AbortSignal.timeout(30_000) });
  const ended = once(child, "close");
  try {
    const [code] = await ended;
    return code === 0;
  } catch {
    return false;
  }
}
