import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { promisify } from "node:util";

/** Prints where it answers, and ends with its standard input. */
const PROGRAM = `
import sys
from moto.moto_server.threaded_moto_server import ThreadedMotoServer
server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
server.start()
print("http://%s:%d" % server.get_host_and_port(), flush=True)
sys.stdin.read()
`;

/** Whether this machine has moto, an emulator of AWS that nobody here wrote. */
export const hasMoto: Promise<boolean> = promisify(execFile)("python3", ["-c", "import moto.server"]).then(
  () => true,
  () => false,
);

/** Secrets Manager, KMS and S3. */
export async function startMoto(): Promise<AsyncDisposable & { readonly url: string }> {
  const child = spawn("python3", ["-c", PROGRAM], { stdio: ["pipe", "pipe", "ignore"] });
  const ended = once(child, "close");
  const [line] = await Promise.race([
    once(createInterface(child.stdout), "line"),
    ended.then(([code]) => Promise.reject(new Error(`moto's server ended (${code}) before it answered`))),
  ]);
  return {
    url: String(line),
    async [Symbol.asyncDispose]() {
      child.kill("SIGKILL");
      await ended;
    },
  };
}
