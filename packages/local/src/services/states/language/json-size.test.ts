import { expect, test } from "vitest";
import type { Json } from "./json.ts";
import { jsonSize } from "./json-size.ts";

test.each<Json>([
  null,
  true,
  false,
  0,
  -1.5,
  1e21,
  "",
  'quoted "text" \\ and \n',
  "ümläut €😀",
  "\u2028\ud800",
  [],
  {},
  [1, "two", [null], {}],
  { a: 1, "b c": { d: [true, "x".repeat(300)] } },
])("the size of %j is that of its JSON text in bytes", (value) => {
  expect(jsonSize(value)).toBe(Buffer.byteLength(JSON.stringify(value)));
});

test("a large part that documents share is measured once", () => {
  let reads = 0;
  const large = new Proxy(
    Array.from({ length: 1000 }, () => "item"),
    {
      get(target, key) {
        if (key !== "length") reads++;
        return Reflect.get(target, key);
      },
    },
  ) as unknown as Json;
  jsonSize({ first: large });
  const once = reads;
  expect(once).toBeGreaterThan(0);
  jsonSize({ second: large, more: 1 });
  expect(reads).toBe(once);
});
