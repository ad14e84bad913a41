import { expect, test } from "vitest";
import { release } from "../testing/sample-tasks.ts";
import { scriptBench } from "../testing/script-bench.ts";

test("publish-source-tarball.sh moves tarball and signature to where users download", async () => {
  await using bench = await scriptBench();
  await bench.put("hhvm-scratch", "hhvm-4.28.2.tar.gz", "source");
  await bench.put("hhvm-scratch", "hhvm-4.28.2.tar.gz.sig", "signature");
  const { code, output } = await bench.run("publish-source-tarball.sh", release);
  expect(code, output).toBe(0);
  expect((await bench.read("hhvm-downloads", "source/hhvm-4.28.2.tar.gz"))?.toString()).toBe("source");
  expect((await bench.read("hhvm-downloads", "source/hhvm-4.28.2.tar.gz.sig"))?.toString()).toBe("signature");
});
