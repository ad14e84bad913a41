import { CreateBucketCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { expect, test } from "vitest";
import type { Context } from "./context.ts";
import { createPrint } from "./print.ts";
import { showMatrix } from "./show-matrix.ts";
import { clientsAtHand } from "./stages/local/local-clients.ts";
import { stageForTests } from "./testing/stage-for-tests.ts";

/** What is printed on a terminal of so many columns, where the sources of these versions have been made. */
async function printed(versions: readonly string[], { made, columns }: { made: readonly string[]; columns: number }) {
  await using stage = await stageForTests();
  const { clients, description, pipeline } = stage;
  await clients.s3.send(new CreateBucketCommand({ Bucket: description.buckets.scratch }));
  for (const version of made) {
    const object = { Bucket: description.buckets.scratch, Key: `${version}.txt`, Body: "" };
    await clients.s3.send(new PutObjectCommand(object));
  }
  const lines: string[] = [];
  const stdout = { columns, write: (line: string) => lines.push(line.trimEnd()) } as unknown as NodeJS.WriteStream;
  const print = createPrint({ stdout, stderr: stdout }, { noColor: true });
  const context = {
    openStage: async () => ({ ...clientsAtHand(clients), description, pipeline }),
    print,
    globals: { json: false },
  };
  await showMatrix({ versions }, context as unknown as Context);
  return lines;
}

test("one version is shown with its evidence", async () => {
  const [line, ...more] = await printed(["1.2.3"], { made: ["1.2.3"], columns: 80 });
  expect(line).toMatch(/^succeeded {2}MakeSource {2}s3:\/\/.*\/1\.2\.3\.txt$/);
  expect(more).toEqual([]);
});

test("several stand side by side, each once, in the order in which they were named", async () => {
  expect(await printed(["1.2.4", "1.2.3", "1.2.4"], { made: ["1.2.3"], columns: 80 })).toEqual([
    "            1.2.4        1.2.3",
    "MakeSource  · not_built  ✔ succeeded",
  ]);
});

test("a narrow terminal has their symbols, and what they mean below", async () => {
  expect(await printed(["1.2.4", "1.2.3"], { made: ["1.2.3"], columns: 30 })).toEqual([
    "            1.2.4  1.2.3",
    "MakeSource  ·      ✔",
    "",
    "✔ succeeded   ◐ built_not_published   · not_built",
  ]);
});
