import { expect, test } from "vitest";
import { foldersOf, folderTree, type ListedObject } from "./folder-tree.ts";
import { formatSize, indexPage } from "./index-page.ts";

const object = (key: string, size = 1): ListedObject => ({ key, size, modified: new Date(size * 1000), etag: "e" });

test("a folder sums up what lies in it, and its pages are not content", () => {
  const root = folderTree([object("a/b/c.deb", 5), object("a/d.deb", 7), object("a/index.html", 100), object("e/")]);
  expect([...foldersOf(root)].map(({ path, size, modified }) => [path, size, modified.getTime()])).toEqual([
    ["", 12, 7000],
    ["a/", 12, 7000],
    ["a/b/", 5, 5000],
  ]);
  expect(root.folders.get("a")?.page?.key).toBe("a/index.html");
});

test("a folder whose only object is a page is nobody's", () => {
  expect([...foldersOf(folderTree([object("old/index.html")]))].map(({ path }) => path)).toEqual([""]);
});

test("a bucket of 100,000 objects is a matter of seconds", () => {
  const objects = Array.from({ length: 100_000 }, (_, index) =>
    object(`pool/${index % 300}/${index % 7}/p_${index}.deb`, index),
  );
  const before = process.cpuUsage();
  const folders = [...foldersOf(folderTree(objects))];
  const bytes = folders.reduce((sum, folder) => sum + indexPage(folder, { title: "t" }).length, 0);
  // Of a processor: the machine's other work is not counted.
  const { user, system } = process.cpuUsage(before);
  const seconds = (user + system) / 1e6;
  console.log(`100,000 objects: ${folders.length} pages, ${(bytes / 1e6).toFixed(1)} MB, ${seconds.toFixed(2)} s`);
  expect(folders).toHaveLength(2402);
  expect(seconds).toBeLessThan(20);
});

test("versions sort by value", () => {
  const page = indexPage(folderTree([object("v4.10"), object("v4.9")]), { title: "t" });
  expect(page.indexOf("v4.9<")).toBeLessThan(page.indexOf("v4.10<"));
});

test.each([
  [0, "0 B"],
  [1023, "1023 B"],
  [1024, "1.0 KiB"],
  [150 * 1024, "150 KiB"],
  [5 * 1024 ** 3, "5.0 GiB"],
])("%i bytes are %s", (bytes, text) => {
  expect(formatSize(bytes)).toBe(text);
});
