import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { recordedStage, sha256Of } from "../testing/recorded-stage.ts";
import { filesIn, yumFindings } from "./yum-repositories.ts";

const packageXml = (path: string, sha256: string) => `<package type="rpm">
  <name>hello</name>
  <checksum type="sha256" pkgid="YES">${sha256}</checksum>
  <location href="${path}"/>
</package>`;

const repomdXml = (path: string, sha256: string) => `<?xml version="1.0" encoding="UTF-8"?>
<repomd xmlns="http://linux.duke.edu/metadata/repo">
  <data type="primary">
    <checksum type="sha256">${sha256}</checksum>
    <open-checksum type="sha256">${sha256Of("other")}</open-checksum>
    <location href="${path}"/>
  </data>
</repomd>`;

test("a list's files have their own checksums, and paths without XML's escapes", () => {
  const xml = `<metadata packages="2">${packageXml("a&amp;b.rpm", sha256Of("1"))}${packageXml("c.rpm", sha256Of("2"))}</metadata>`;
  expect(filesIn(xml, "package")).toEqual([
    { type: "rpm", path: "a&b.rpm", sha256: sha256Of("1") },
    { type: "rpm", path: "c.rpm", sha256: sha256Of("2") },
  ]);
});

test("repomd.xml vouches for the lists, these for packages, and a package that none names is had by nobody", async () => {
  await using stage = await recordedStage();
  const root = stage.downloadsUri("rpm/fedora-42/");
  const [repomd, named, forgotten] = ["repodata/repomd.xml", "hello.rpm", "forgotten.rpm"].map((path) => root + path);
  const primary = gzipSync(packageXml("hello.rpm", sha256Of("hello")));
  const path = `repodata/${sha256Of(primary)}-primary.xml.gz`;
  await stage.put(repomd as string, repomdXml(path, sha256Of(primary)));
  const options = { repomds: [repomd as string], objects: [named as string, forgotten as string] };
  const missing = await yumFindings(stage.clients.s3, options);
  expect(missing.problems).toContainEqual([root + path, `it is not there, and ${repomd} names it`]);
  await stage.put(root + path, primary);
  expect(await yumFindings(stage.clients.s3, options)).toEqual({
    parts: [repomd, root + path],
    stated: [
      [root + path, { sha256: sha256Of(primary), by: repomd }],
      [named, { sha256: sha256Of("hello"), by: root + path }],
    ],
    problems: [[forgotten, "no index of its repository names it"]],
    keys: [`${repomd}.key`],
  });
});
