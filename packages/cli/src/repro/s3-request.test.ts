import { expect, test } from "vitest";
import { keysToDelete, readS3Request } from "./s3-request.ts";

const read = (method: string, url: string, copySource?: string) =>
  readS3Request({ method, url, copySource }, ["scratch", "downloads"]);
const key = (name: string, bucket = "scratch") => ({ bucket, key: name });

test.each<[string, string, object]>([
  ["GET", "/scratch/a%20b/c.txt?x-id=GetObject", { needs: [key("a b/c.txt")] }],
  ["PUT", "/scratch/a?x-id=PutObject", { needs: [key("a")], writes: key("a") }],
  ["PUT", "/scratch/a?partNumber=1&uploadId=u", { needs: [key("a")], writes: undefined }],
  ["POST", "/scratch/a?uploads", { needs: [key("a")], writes: undefined }],
  ["POST", "/scratch/a?uploadId=u", { needs: [key("a")], writes: key("a") }],
  ["DELETE", "/scratch/a", { needs: [key("a")], removes: key("a") }],
  ["DELETE", "/scratch/a?uploadId=u", { needs: [key("a")], removes: undefined }],
  [
    "GET",
    "/scratch?list-type=2&prefix=a%2F&delimiter=%2F",
    { needs: [], lists: { bucket: "scratch", prefix: "a/", delimiter: "/" } },
  ],
  ["GET", "/scratch/?location", { needs: [], lists: undefined }],
  ["POST", "/scratch/?delete", { needs: [], removesMany: "scratch" }],
])("%s %s", (method, url, what) => {
  expect(read(method, url)).toMatchObject(what);
});

test("a copy needs what it is made of, too", () => {
  expect(read("PUT", "/scratch/a", "/downloads/b/c?versionId=1")).toMatchObject({
    needs: [key("a"), key("b/c", "downloads")],
    writes: key("a"),
  });
});

test("what is about no bucket of the stage's is none of its business", () => {
  expect(read("POST", "/")).toBeUndefined();
  expect(read("GET", "/another/key")).toBeUndefined();
});

test("the keys of a deletion are read as XML has them", () => {
  const body =
    "<Delete><Object><Key>a&amp;b &lt;c&gt;</Key></Object><Object><Key>d&#x2F;&#233;</Key></Object></Delete>";
  expect(keysToDelete(body)).toEqual(["a&b <c>", "d/é"]);
});
