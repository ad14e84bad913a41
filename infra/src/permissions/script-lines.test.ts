import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { hhvmScriptCalls } from "../../testing/hhvm-script-calls.ts";

const folder = join(import.meta.dirname, "../../../pipelines/hhvm");
/** A line that asks something of AWS, by itself or by one of the functions that ask for an object. */
const ASKS = /(^|[^\w-])(muster-s3|aws) |\bthere "|\betag_of "|docker push|curl .*amazonaws/;

test("every line of hhvm's scripts that asks something of AWS stands in the table of their calls, and no other", () => {
  const scripts = readdirSync(join(folder, "scripts"), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".sh"))
    .map((name) => `scripts/${name}`);
  const asking = scripts.map((script) => {
    const lines = readFileSync(join(folder, script), "utf8").split("\n");
    const found = lines.map((line) => line.trim()).filter((line) => !line.startsWith("#") && ASKS.test(line));
    return [script, [...new Set(found)].sort()] as const;
  });
  const listed = Object.entries(hhvmScriptCalls).map(([script, calls]) => [script, Object.keys(calls).sort()] as const);
  expect(Object.fromEntries(listed)).toEqual(Object.fromEntries(asking.filter(([, lines]) => lines.length > 0)));
});
