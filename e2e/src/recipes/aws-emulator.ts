import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { startMotoServer } from "../moto-server.ts";

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
export const startMoto = () => startMotoServer("-c", PROGRAM);
