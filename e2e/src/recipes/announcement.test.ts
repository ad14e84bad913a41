import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { json } from "node:stream/consumers";
import { announcement } from "@muster/recipes";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { lacking } from "../../releases/release-repository.ts";
import { type RecipeBench, recipeBench } from "./recipe-bench.ts";

const missing = await lacking("curl", "jq");
if (missing.length > 0) console.log(`announcements are not tried: this machine has no ${missing.join(", ")}`);

/** A chat that takes messages, once it is open. */
async function startChat() {
  const chat = { messages: [] as unknown[], isOpen: false, url: "" };
  const server = createServer(async (request, response) => {
    const message = await json(request);
    if (chat.isOpen) chat.messages.push(message);
    response.writeHead(chat.isOpen ? 200 : 404).end();
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  chat.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`;
  return { chat, close: () => server.close() };
}

let bench: RecipeBench;
let web: Awaited<ReturnType<typeof startChat>>;

beforeAll(async () => {
  bench = await recipeBench();
  web = await startChat();
});
afterAll(async () => {
  web?.close();
  await bench?.[Symbol.asyncDispose]();
});

describe.skipIf(missing.length > 0)("an announcement", () => {
  test("that nobody takes fails by name; once it is out, it is one for all versions, word for word, and none is told twice", async () => {
    const { chat } = web;
    const text = (version: string) => `"hello" ${version} is out:\n100% of C:\\new\\tools`;
    const Announce = announcement({ name: "hello" }, { text, url: chat.url });
    const refused = await bench.run(Announce, ["1.0.0", "1.1.0"]);
    expect(refused.exitCode).toBe(1);
    expect(refused.output).toMatch(/^error: the announcement is not taken: .*404\n$/);
    expect(await bench.keys("downloads")).toEqual([]);
    chat.isOpen = true;
    const { exitCode, output, note } = await bench.run(Announce, ["1.0.0", "1.1.0"]);
    expect(exitCode, output).toBe(0);
    expect(note).toBe("announced: 2");
    expect(chat.messages).toEqual([{ text: `${text("1.0.0")}\n${text("1.1.0")}` }]);
    expect((await bench.read("downloads", "announcements/hello-1.1.0.txt")).toString()).toBe(`${text("1.1.0")}\n`);
    expect((await bench.run(Announce, ["1.1.0", "1.0.0"])).note).toBe("all were announced before");
    expect(chat.messages).toHaveLength(1);
  });
});
