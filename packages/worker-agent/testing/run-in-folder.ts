import { spawn } from "node:child_process";
import { join } from "node:path";
import { agentProgram } from "../src/agent-program.ts";

/** `muster-s3`, as scripts find it by that name. */
export const s3Command = [process.execPath, "--disable-warning=ExperimentalWarning", agentProgram(), "s3"];

/** Runs a program as a task's script does: in a folder of its own, with the endpoint and credentials of this machine's AWS. */
export async function runInFolder(
  [program = "", ...words]: readonly string[],
  { folder, url }: { readonly folder: string; readonly url: string },
): Promise<{ code: number; out: string; error: string }> {
  const child = spawn(program, words, {
    cwd: folder,
    env: {
      PATH: process.env.PATH,
      NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE,
      AWS_REGION: "us-west-2",
      AWS_ENDPOINT_URL: url,
      AWS_ACCESS_KEY_ID: "AKIALOCALLOCALLOCAL0",
      AWS_SECRET_ACCESS_KEY: "local",
      MUSTER_RESULT: join(folder, "result.json"),
    },
  });
  let out = "";
  let error = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    out += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    error += text;
  });
  const code = await new Promise<number>((resolve) => child.on("close", (exit) => resolve(exit ?? -1)));
  return { code, out, error };
}
