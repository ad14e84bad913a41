import { expect, test } from "vitest";
import { formatControl, parseControl } from "./control.ts";

const text = `Package: muster
Version: 1.2.3-1~bookworm
Description: a package
 with a second line
 .
  an indented one

Package: other
Checksums-Sha256:
 abc 1 a.tar.gz
`;

test("paragraphs are read field by field and written as they were", () => {
  const paragraphs = parseControl(text);
  expect(paragraphs.map((fields) => fields.get("Package"))).toEqual(["muster", "other"]);
  expect(paragraphs[0]?.get("Description")).toBe("a package\nwith a second line\n.\n an indented one");
  expect(paragraphs[1]?.get("Checksums-Sha256")).toBe("\nabc 1 a.tar.gz");
  expect(formatControl(paragraphs)).toBe(text);
});

test("an empty line within a value is written as a dot, so that it does not end the paragraph", () => {
  const written = formatControl([new Map([["License", "MIT\nfirst\n\nsecond"]])]);
  expect(written).toBe("License: MIT\n first\n .\n second\n");
  expect(parseControl(written)).toHaveLength(1);
});

test("a line that is no field is refused by its text", () => {
  expect(() => parseControl("Package: muster\nnonsense\n")).toThrow('"nonsense" is not a control field');
});
