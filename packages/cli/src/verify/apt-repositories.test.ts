import { expect, test } from "vitest";
import { recordedStage, sha256Of } from "../testing/recorded-stage.ts";
import { aptFindings } from "./apt-repositories.ts";

const now = new Date("2026-11-24T12:00:00Z");

async function suite({ validUntil = "Thu, 01 Jan 2027 00:00:00 UTC" } = {}) {
  const stage = await recordedStage();
  const root = stage.downloadsUri("debian/");
  const folder = `${root}dists/bookworm`;
  const index = `Package: hello\nVersion: 1.2.3-1\nFilename: pool/hello.deb\nSHA256: ${sha256Of("hello")}\n`;
  const inRelease = `Valid-Until: ${validUntil}\nSHA256:\n ${sha256Of(index)} ${index.length} main/binary-amd64/Packages\n`;
  await stage.put(`${folder}/InRelease`, inRelease);
  await stage.put(`${folder}/main/binary-amd64/Packages`, index);
  const [named, forgotten] = [`${root}pool/hello.deb`, `${root}pool/forgotten.deb`];
  return {
    stage,
    folder,
    packages: `${folder}/main/binary-amd64/Packages`,
    indexSha256: sha256Of(index),
    named,
    forgotten,
    find: () => aptFindings(stage.clients.s3, { folders: [folder], objects: [named, forgotten], now }),
    [Symbol.asyncDispose]: () => stage[Symbol.asyncDispose](),
  };
}

test("InRelease vouches for the indices, these for packages, and a package that none names is had by nobody", async () => {
  await using world = await suite();
  const { folder, packages, named, forgotten } = world;
  expect(await world.find()).toEqual({
    parts: [`${folder}/InRelease`, packages],
    stated: [
      [packages, { sha256: world.indexSha256, by: `${folder}/InRelease` }],
      [named, { sha256: sha256Of("hello"), by: packages }],
    ],
    problems: [[forgotten, "no index of its repository names it"]],
    keys: [],
  });
});

test("a suite whose term is over is refused by apt", async () => {
  await using world = await suite({ validUntil: "Mon, 23 Nov 2026 00:00:00 UTC" });
  const until = "apt takes it no longer: it was valid until 2026-11-23T00:00:00.000Z";
  expect((await world.find()).problems).toContainEqual([`${world.folder}/InRelease`, until]);
});

test("of packages that an index names which cannot be read, nothing is said", async () => {
  await using world = await suite();
  await world.stage.put(world.packages, "nonsense\n");
  const { problems, stated } = await world.find();
  expect(problems).toEqual([[world.packages, `it is no index of packages, and ${world.folder}/InRelease names it`]]);
  expect(stated).toEqual([[world.packages, { sha256: world.indexSha256, by: `${world.folder}/InRelease` }]]);
});

test("where there is no suite, nothing is asked of it", async () => {
  await using stage = await recordedStage();
  const folders = [stage.downloadsUri("debian/dists/trixie")];
  expect(await aptFindings(stage.clients.s3, { folders, objects: [], now })).toEqual({
    parts: [],
    stated: [],
    problems: [],
    keys: [],
  });
});
