import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const run = promisify(execFile);

/** Holds some thirty megabytes, and drops as much again and again once it is no longer young; says the most that its heap came to. */
const program = `
import { getHeapStatistics } from "node:v8";
import { keepHeapSmall } from ${JSON.stringify(join(import.meta.dirname, "keep-heap-small.ts"))};
if (process.argv[1] === "small") keepHeapSmall();
const held = Array.from({ length: 400_000 }, (_, id) => ({ id, name: "task " + id }));
const window = [];
let peak = 0;
for (let count = 0; count < 12_000; count++) {
  window.push(held.slice(0, 300).map((each) => ({ ...each })));
  if (window.length > 2000) window.shift();
  peak = Math.max(peak, getHeapStatistics().total_heap_size);
}
console.log(peak);
`;

const peakBytes = async (how: string): Promise<number> => {
  const words = ["--disable-warning=ExperimentalWarning", "--input-type=module", "--eval", program, how];
  return Number((await run(process.execPath, words)).stdout);
};

test("garbage is collected long before a heap has doubled", async () => {
  const [usual, small] = [await peakBytes("usual"), await peakBytes("small")];
  expect(small).toBeLessThan(0.9 * usual);
}, 120_000);
