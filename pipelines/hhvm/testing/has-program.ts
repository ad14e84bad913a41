import { execFile } from "node:child_process";
import { promisify } from "node:util";

/** Whether this machine has a program: what needs another one than bash is tested where it is installed. */
export const hasProgram = (program: string): Promise<boolean> =>
  promisify(execFile)("which", [program]).then(
    () => true,
    () => false,
  );
