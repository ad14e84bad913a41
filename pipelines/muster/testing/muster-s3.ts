import { readFile, writeFile } from "node:fs/promises";
import { exists, getExisting, openS3, parseUrl, put } from "../tools/objects.ts";

/** Stands in for the command of this name that a worker's agent gives to scripts: `cp` and `exists`, with the worker's own S3. */

const [command, from = "", to = ""] = process.argv.slice(2);
const s3 = openS3();
try {
  if (command === "exists") process.exitCode = (await exists(s3, parseUrl(from))) ? 0 : 1;
  else if (command !== "cp") throw new Error(`muster-s3 ${command} is not stood in for`);
  else if (from.startsWith("s3://")) await writeFile(to, (await getExisting(s3, parseUrl(from))).body);
  else await put(s3, { place: parseUrl(to), body: await readFile(from), contentType: "text/plain", when: "always" });
} catch (error) {
  process.stderr.write(`muster-s3: ${error instanceof Error ? error.message : error}\n`);
  process.exitCode = 2;
}
