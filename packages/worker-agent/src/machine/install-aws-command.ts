import { accessSync, chmodSync, constants, statSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { quoteForShell } from "./quote-for-shell.ts";

/**
 * Where AWS is one address, lets the machine's own `aws` command ask there, whatever its age: before 2.13 and 1.29 it knows AWS_ENDPOINT_URL no
 * better than any other word, and would ask AWS itself. A machine without the command is left without it: scripts look for it by name.
 * @param path where the command is looked for, as scripts do
 * @see https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html
 */
export function installAwsCommand(bin: string, path: string): void {
  const folders = path.split(delimiter).filter((folder) => folder !== bin);
  if (!folders.some((folder) => isProgram(join(folder, "aws")))) return;
  const file = join(bin, "aws");
  writeFileSync(file, wrapper(bin));
  chmodSync(file, 0o755);
}

/** Looks for the command when it is called: a script may have its own on the PATH. An option of the script's own comes later, and so counts. */
const wrapper = (bin: string): string => `#!/bin/sh
set -f
IFS=:
for folder in $PATH; do
  if [ "$folder" != ${quoteForShell(bin)} ] && [ -f "$folder/aws" ] && [ -x "$folder/aws" ]; then
    unset IFS
    exec "$folder/aws" \${AWS_ENDPOINT_URL:+--endpoint-url "$AWS_ENDPOINT_URL"} "$@"
  fi
done
echo "aws: command not found" >&2
exit 127
`;

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}
