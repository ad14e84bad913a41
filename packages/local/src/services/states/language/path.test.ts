import { expect, test } from "vitest";
import type { Json } from "./json.ts";
import { compilePath, NoSuchPathError, readPath, type Scope } from "./path.ts";

const store = {
  books: [
    { title: "A", price: 8, tags: ["x"], isbn: "1" },
    { title: "B", price: 12, tags: [] },
    { title: "C", price: 23, tags: ["x", "y"], isbn: "3" },
  ],
  "odd key": { "it's": 1 },
  limit: 10,
};

function read(text: string, input: Json = store): Json {
  const scope: Scope = {
    input,
    context: () => ({ Execution: { Name: "run" } }),
    random: () => 0,
    variables: { list: [1, 2] },
  };
  return readPath(compilePath(text), scope);
}

test.each<[string, Json]>([
  ["$", store],
  ["$.limit", 10],
  ["$.books[0].title", "A"],
  ["$.books[-1].title", "C"],
  ["$['odd key']['it\\'s']", 1],
  ['$["odd key"]', { "it's": 1 }],
  ["$.books[*].title", ["A", "B", "C"]],
  ["$.books[0,2].title", ["A", "C"]],
  ["$.books[1:].title", ["B", "C"]],
  ["$.books[:-1].title", ["A", "B"]],
  ["$.books[0]['title','price']", ["A", 8]],
  ["$..price", [8, 12, 23]],
  ["$..books[0].title", ["A"]],
  ["$.books[?(@.isbn)].title", ["A", "C"]],
  ["$.books[?(!@.isbn)].title", ["B"]],
  ["$.books[?(@.price < $.limit)].title", ["A"]],
  ["$.books[?(@.price >= 12 && (@.title == 'B' || @.title == \"C\"))].price", [12, 23]],
  ["$.books[?(@.title =~ /[a-b]/i)].title", ["A", "B"]],
  ["$.books[?(@.title in ['A', 'C'])].title", ["A", "C"]],
  ["$.books[?(@.tags contains 'y')].title", ["C"]],
  ["$.books[?(@.tags size 0)].title", ["B"]],
  ["$.books.length()", 3],
  ["$..price.sum()", 43],
  ["$.books[*].price.max()", 23],
  ["$$.Execution.Name", "run"],
  ["$list[1]", 2],
])("%s is read", (text, expected) => {
  expect(read(text)).toEqual(expected);
});

test.each(["$.none", "$.books[3]", "$.limit.deeper", "$.books.title", "$.none.length()"])(
  "%s names nothing",
  (text) => {
    expect(() => read(text)).toThrow(NoSuchPathError);
  },
);

test("once a path can match several places, a missing member just does not match", () => {
  expect(read("$.books[*].isbn")).toEqual(["1", "3"]);
  expect(read("$.list[*]", { list: [] })).toEqual([]);
  expect(read("$.list[1:2]", { list: [] })).toEqual([]);
});

test.each([
  "$.none[*]",
  "$.none[1:3].title",
  "$.none[*].title",
  "$.none.deeper[0,1]",
  "$.none['a','b']",
  "$..none",
  "$.none..title",
  "$.none[?(@.price > 1)]",
  "$.limit[*]",
  "$.books[7][*]",
])("%s selects nothing: an empty list, as a path that may match many gives", (text) => {
  expect(read(text)).toEqual([]);
});

test("a document's keys are its own: nothing is inherited", () => {
  expect(() => read("$.constructor", {})).toThrow(NoSuchPathError);
  expect(read("$.constructor", { constructor: 1 })).toBe(1);
});

test.each(["", "books", "$.", "$[", "$.books[?(@.a ==)]", "$.books[x]", "$.a.unknown()", "$.a b"])(
  "%j is refused with the position of the mistake",
  (text) => {
    expect(() => compilePath(text)).toThrow(/at position \d+/);
  },
);
