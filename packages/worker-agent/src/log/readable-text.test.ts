import { expect, test } from "vitest";
import { readableText } from "./readable-text.ts";

test("text stays as it is, colours and tabs included", () => {
  const text = "ünïcödé\t\u001b[31mred\u001b[0m 日本語 🎉\n";
  expect(readableText(Buffer.from(text))).toBe(text);
});

test("bytes that are no UTF-8 are shown between the text around them", () => {
  expect(readableText(Buffer.from([0x61, 0xff, 0x62, 0xc3, 0x28, 0xe2, 0x82]))).toBe("a\\xffb\\xc3(\\xe2\\x82");
  expect(readableText(Buffer.concat([Buffer.from("ö"), Buffer.from([0x80]), Buffer.from("€")]))).toBe("ö\\x80€");
});

test("overlong forms and surrogates are no UTF-8", () => {
  expect(readableText(Buffer.from([0xc0, 0xaf]))).toBe("\\xc0\\xaf");
  expect(readableText(Buffer.from([0xed, 0xa0, 0x80]))).toBe("\\xed\\xa0\\x80");
});

test("control characters that would garble a log are shown", () => {
  expect(readableText(Buffer.from("a\0b\u0007c\u007f"))).toBe("a\\x00b\\x07c\\x7f");
});

test("a title and a link keep the bell that ends them", () => {
  const text = "\u001b]0;make all\u0007a \u001b]8;;https://example.org\u0007b\u001b]8;;\u0007";
  expect(readableText(Buffer.from(`${text}\u0007`))).toBe(`${text}\\x07`);
  expect(readableText(Buffer.from("\u001b]0;never\nends\u0007"))).toBe("\u001b]0;never\nends\\x07");
});
