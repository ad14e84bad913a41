import { expect, test } from "vitest";
import { type Trailers, unwrapAwsChunked } from "./aws-chunked.ts";

const body = [
  "5;chunk-signature=0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497\r\n",
  "hello\r\n",
  "7\r\n, world\r\n",
  "0\r\n",
  "x-amz-checksum-crc32:8TnLFg==\r\n",
  "x-amz-trailer-signature:63bddb24\r\n",
  "\r\n",
].join("");

async function unwrap(text: string, pieceSize: number): Promise<{ content: string; trailers: Trailers }> {
  async function* pieces() {
    for (let start = 0; start < text.length; start += pieceSize)
      yield Buffer.from(text.slice(start, start + pieceSize));
  }
  const trailers: Trailers = {};
  let content = "";
  for await (const piece of unwrapAwsChunked(pieces(), trailers)) content += piece.toString();
  return { content, trailers };
}

test("content and trailers come out whole, wherever the network cuts them", async () => {
  for (let pieceSize = 1; pieceSize <= body.length; pieceSize++) {
    const { content, trailers } = await unwrap(body, pieceSize);
    expect(content).toBe("hello, world");
    expect(trailers["x-amz-checksum-crc32"]).toBe("8TnLFg==");
  }
});

test("a body that ends too early, or is not in chunks, is refused", async () => {
  for (const broken of [
    body.slice(0, 20),
    body.slice(0, 100),
    body.slice(0, 110),
    "hello",
    "5\r\nhelloXX0\r\n\r\n",
    "",
  ]) {
    await expect(unwrap(broken, 8)).rejects.toMatchObject({ code: "IncompleteBody" });
  }
});
