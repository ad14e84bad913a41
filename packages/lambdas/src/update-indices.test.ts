import { DeleteObjectCommand, GetObjectCommand, ListObjectsV2Command, PutObjectCommand } from "@aws-sdk/client-s3";
import { expect, test } from "vitest";
import { examplePipeline } from "../test/example-pipeline.ts";
import { launchWorld } from "../test/launch-world.ts";

type World = Awaited<ReturnType<typeof launchWorld>>;
const put = (world: World, Key: string, Body = "x") =>
  world.clients.s3.send(new PutObjectCommand({ Bucket: "downloads", Key, Body }));
const update = (world: World) =>
  world.call("UpdateIndices", {
    results: {},
    buildInput: { versions: ["1.2.3"], platforms: [], activities: [], debug: "" },
    execution: world.context("build-1"),
  });
const page = async (world: World, Key: string) => {
  const { Body, ContentType } = await world.clients.s3.send(new GetObjectCommand({ Bucket: "downloads", Key }));
  return { text: (await Body?.transformToString()) ?? "", type: ContentType };
};
const keys = async (world: World) => {
  const { Contents } = await world.clients.s3.send(new ListObjectsV2Command({ Bucket: "downloads" }));
  return (Contents ?? []).map(({ Key = "" }) => Key).filter((key) => key.endsWith("index.html"));
};

test("every folder gets a page with names, sizes, dates and the way up", async () => {
  await using world = await launchWorld();
  await put(world, "debian/pool/muster_1.2.3.deb", "x".repeat(2048));
  await put(world, "source/muster-1.2.3.tar.gz");
  expect(await update(world)).toEqual({ objects: 2, pages: 4, written: 4, overtaken: 0 });
  expect(await keys(world)).toEqual(["debian/index.html", "debian/pool/index.html", "index.html", "source/index.html"]);
  const { text, type } = await page(world, "debian/pool/index.html");
  expect(type).toBe("text/html; charset=utf-8");
  expect(text).toContain('<a href="../">../</a>');
  expect(text).toContain(
    '<a href="./muster_1.2.3.deb">muster_1.2.3.deb</a></td><td title="2048 bytes">2.0 KiB</td><td>2026-01-01 00:00</td>',
  );
  expect((await page(world, "index.html")).text).toContain(
    '<a href="./debian/">debian/</a></td><td title="2048 bytes">',
  );
  expect((await page(world, "index.html")).text).not.toContain("../");
});

test("only pages whose folder changed are written again", async () => {
  await using world = await launchWorld();
  await put(world, "debian/pool/a.deb");
  await put(world, "source/a.tar.gz");
  await update(world);
  expect(await update(world)).toMatchObject({ written: 0, pages: 4 });
  await put(world, "debian/pool/b.deb");
  expect(await update(world)).toMatchObject({ written: 3 });
  await world.clients.s3.send(new DeleteObjectCommand({ Bucket: "downloads", Key: "source/a.tar.gz" }));
  await update(world);
  expect((await page(world, "index.html")).text).not.toContain("source");
});

test("names are shown as they are and linked as URLs", async () => {
  await using world = await launchWorld();
  await put(world, `pool/a&b <1> "c" #2.deb`);
  await update(world);
  expect((await page(world, "pool/index.html")).text).toContain(
    '<a href="./a%26b%20%3C1%3E%20%22c%22%20%232.deb">a&amp;b &lt;1&gt; &quot;c&quot; #2.deb</a>',
  );
});

test("a page that another build rewrites at the same time is not overwritten with an older view", async () => {
  await using world = await launchWorld();
  await put(world, "a.deb");
  const results = await Promise.all([update(world), update(world), update(world)]);
  expect(results).toContainEqual(expect.objectContaining({ written: 1 }));
  await put(world, "b.deb");
  await Promise.all([update(world), put(world, "c.deb").then(() => update(world))]);
  await update(world);
  const { text } = await page(world, "index.html");
  expect(["a.deb", "b.deb", "c.deb"].every((name) => text.includes(name))).toBe(true);
});

test("only the folders that the pipeline names are indexed", async () => {
  await using world = await launchWorld({ pipeline: examplePipeline({ indexes: ["debian/"] }) });
  await put(world, "debian/a.deb");
  await put(world, "private/b");
  await update(world);
  expect(await keys(world)).toEqual(["debian/index.html"]);
});

test("a page that a pipeline published stays, is listed as a file, and its folder's listing gives way to it", async () => {
  await using world = await launchWorld();
  await put(world, "docs/1.2.3/index.html", "the manual");
  await put(world, "docs/1.2.4/api.html");
  await update(world);
  expect((await page(world, "docs/1.2.3/index.html")).text).toBe("the manual");
  expect((await page(world, "docs/index.html")).text).toContain(
    '<a href="./1.2.3/">1.2.3/</a></td><td title="10 bytes">',
  );
  expect((await page(world, "docs/1.2.4/index.html")).text).toContain("api.html");

  await put(world, "docs/1.2.4/index.html", "its manual");
  await put(world, "docs/1.2.4/more.html");
  await update(world);
  expect((await page(world, "docs/1.2.4/index.html")).text).toBe("its manual");
  expect(await update(world)).toMatchObject({ written: 0, overtaken: 0 });
});

test("a page that is published between the listing and the writing stays", async () => {
  await using world = await launchWorld();
  await put(world, "docs/a.html");
  let published = false;
  world.clients.s3.middlewareStack.add(
    (next, { commandName }) =>
      async (args) => {
        const answer = await next(args);
        if (commandName === "ListObjectsV2Command" && !published) {
          published = true;
          await put(world, "docs/index.html", "the manual");
        }
        return answer;
      },
    { step: "initialize" },
  );
  expect(await update(world)).toMatchObject({ overtaken: 0 });
  expect((await page(world, "docs/index.html")).text).toBe("the manual");
});
