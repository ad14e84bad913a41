import { createHmac } from "node:crypto";
import { expect, test } from "vitest";
import { signatureHeaders } from "./sign.ts";

const at = new Date("2021-02-25T11:14:58.900Z");

/** As a receiver checks it, by the words of the specification. */
function expected(key: Buffer, body: string): string {
  return `v1,${createHmac("sha256", key).update(`msg_1.1614251698.${body}`).digest("base64")}`;
}

test("a message is signed over its id, its time in seconds and its body, by the key behind whsec_", () => {
  const key = Buffer.alloc(32, 7);
  const body = '{"test": 2432232314}';
  expect(signatureHeaders({ id: "msg_1", at, body }, `whsec_${key.toString("base64")}\n`)).toEqual({
    "webhook-id": "msg_1",
    "webhook-timestamp": "1614251698",
    "webhook-signature": expected(key, body),
  });
});

test("each of several secrets signs, while one is changed for another", () => {
  const [old, next] = [Buffer.alloc(24, 1), Buffer.alloc(64, 2)];
  const secret = [old, next].map((key) => `whsec_${key.toString("base64")}`).join(" ");
  const headers = signatureHeaders({ id: "msg_1", at, body: "{}" }, secret);
  expect(headers["webhook-signature"]?.split(" ")).toEqual([expected(old, "{}"), expected(next, "{}")]);
});

test.each([
  ["", "its secret holds nothing"],
  ["hunter2", "its secret does not begin with whsec_"],
  ["whsec_aGVsbG8=", "its secret is not whsec_ with 24 to 64 bytes in base64"],
  [`whsec_${"*".repeat(40)}`, "its secret is not whsec_ with 24 to 64 bytes in base64"],
])("%j signs nothing, and is not told on", (secret, problem) => {
  const sign = () => signatureHeaders({ id: "msg_1", at, body: "{}" }, secret);
  expect(sign).toThrow(problem);
  if (secret.length > 6) expect(sign).not.toThrow(secret.slice(6));
});
