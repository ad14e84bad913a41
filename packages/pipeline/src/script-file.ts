import { join } from "node:path";
import { fileURLToPath } from "node:url";

const isUrl = (script: string): boolean => script.startsWith("file:");

/**
 * The file that a definition means by a script: a path relative to the pipeline's folder, or a `file:` URL, which is how
 * a package names scripts of its own (`new URL("../scripts/make.sh", import.meta.url).href`).
 * @throws TypeError for a URL that names no file of this machine
 */
export function scriptFile(pipelineFolder: string, script: string): string {
  return isUrl(script) ? fileURLToPath(script) : join(pipelineFolder, script);
}

/**
 * What a script is called where workers fetch it, on whichever machine its stage is deployed from: its path, or of one
 * outside of the pipeline's folder the name of its package's folder and the path in that, as far as that is one folder.
 */
export function scriptKey(script: string): string {
  if (!isUrl(script)) return script;
  return fileURLToPath(script).split("/").slice(-3).join("/");
}
