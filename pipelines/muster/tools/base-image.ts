import { execFile } from "node:child_process";
import { promisify } from "node:util";

const run = promisify(execFile);

/**
 * Sees to the image that another one is built from, before anything is: builders try an unreachable registry again and again.
 * @param builder `docker`, `podman` or `buildah`
 * @returns one line with why it cannot be had, if so
 */
export async function missingBase(builder: string, image: string): Promise<string | undefined> {
  const question = builder === "buildah" ? ["inspect", "--type", "image"] : ["image", "inspect"];
  if (await succeeds(builder, [...question, image])) return undefined;
  try {
    await run(builder, ["pull", image], { maxBuffer: MOST_OUTPUT });
    return undefined;
  } catch (error) {
    const { message, stderr = "" } = error as Error & { readonly stderr?: string };
    return `${builder} cannot fetch ${image}: no image (${stderr.trim().split("\n").at(-1) || message.trim()})`;
  }
}

/** Bars of progress can be long. */
const MOST_OUTPUT = 2 ** 26;

const succeeds = (program: string, words: readonly string[]): Promise<boolean> =>
  run(program, words, { maxBuffer: MOST_OUTPUT }).then(
    () => true,
    () => false,
  );
