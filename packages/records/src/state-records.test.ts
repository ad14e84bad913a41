import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { S3Client } from "@aws-sdk/client-s3";
import { expect, onTestFinished, test } from "vitest";
import * as z from "zod";
import { localState } from "../testing/local-state.ts";
import { stateRecords } from "./state-records.ts";

test("records are listed in the order of their keys, and read by their schema", async () => {
  await using state = await localState();
  for (const key of ["a/2", "a/1", "b/1"]) await state.records.write(key, { key });
  expect(await state.records.list("a/")).toEqual(["a/1", "a/2"]);
  expect(await state.records.list("a/", { startAfter: "a/1" })).toEqual(["a/2"]);
  expect(await state.records.list("a/", { before: "a/2" })).toEqual(["a/1"]);
  expect((await state.records.read("a/1", z.object({ key: z.string() })))?.value).toEqual({ key: "a/1" });
  expect(await state.records.read("a/3", z.unknown())).toBeUndefined();
});

test("a deletion whose answer was lost is done, and what is not there is deleted", async () => {
  await using state = await localState();
  await state.records.write("a/1", {});
  state.aws.failCalls(
    { service: "s3", operation: "DeleteObjects", times: 1 },
    { code: "InternalError", status: 500, afterwards: true },
  );
  await state.records.delete(["a/1", "a/2"]);
  expect(await state.records.list("")).toEqual([]);
});

test("a record that S3 does not delete is told, although its answer is 200", async () => {
  const answer =
    "<DeleteResult><Error><Key>a/2</Key><Code>InternalError</Code><Message>Try again.</Message></Error></DeleteResult>";
  const server = createServer((_, response) => response.end(answer)).listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const s3 = new S3Client({
    region: "us-west-2",
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    credentials: { accessKeyId: "a", secretAccessKey: "b" },
    forcePathStyle: true,
  });
  await expect(stateRecords(s3, "state").delete(["a/1", "a/2"])).rejects.toThrow(
    "s3://state/a/2 was not deleted: InternalError: Try again.",
  );
});
