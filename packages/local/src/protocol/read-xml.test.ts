import { expect, test } from "vitest";
import { readXml } from "./read-xml.ts";
import { renderXml } from "./xml.ts";

const textOf = (inner: string) => readXml(`<a>${inner}</a>`).element;

test.each([
  ["a&#10;b", "a\nb"],
  ["a&#xA;b&#x0d;", "a\nb\r"],
  ["&#128512;&#x1F600;", "😀😀"],
  ["&lt;&amp;lt;&gt;&quot;&apos;", "<&lt;>\"'"],
  ["<![CDATA[&#10;<x>]]>&#38;", "&#10;<x>&"],
  ["  kept \n", "  kept \n"],
  ["one\r\ntwo\rthree", "one\ntwo\nthree"],
  ["a<!-- no <b> -->b", "ab"],
  ["", ""],
])("%j reads as %j", (inner, text) => {
  expect(textOf(inner)).toBe(text);
});

test("children come by their local names, repeated ones in order, attributes aside", () => {
  const source =
    '<?xml version="1.0"?>\n<s:root xmlns:s="urn:x"><s:b i="1>2">1</s:b><c/><b>2</b></s:root><!-- end -->\n';
  expect(readXml(source)).toEqual({ name: "root", element: { b: ["1", "2"], c: [""] } });
});

test.each([
  "",
  "text",
  "<a>",
  "<a></b>",
  "<a><b></a></b>",
  "<a/><b/>",
  "<a/>text",
  "</a>",
  "<a b></a>",
  "<a b=c></a>",
  "<a>&nbsp;</a>",
  "<a>a & b</a>",
  "<a>&#xFFFFFFF;</a>",
  "<a>&#;</a>",
  '<!DOCTYPE a [<!ENTITY e "x">]><a>&e;</a>',
])("%j is refused", (source) => {
  expect(() => readXml(source)).toThrow();
});

test("what is rendered is read as it was, whatever characters it holds", () => {
  const texts = ["a\r\nb", "\u0001\u001f\u007f", "<&>\"'", " ", "ü😀\u2028", "&#10;", "]]>"];
  expect(
    readXml(renderXml("root", { t: texts, none: undefined, empty: "", deep: { n: 1, is: true } })).element,
  ).toEqual({
    t: texts,
    empty: [""],
    deep: [{ n: ["1"], is: ["true"] }],
  });
});
