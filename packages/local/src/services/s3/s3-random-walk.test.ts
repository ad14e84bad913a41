import { createHash } from "node:crypto";
import {
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  GetObjectTaggingCommand,
  HeadObjectCommand,
  ListObjectsCommand,
  type ListObjectsCommandOutput,
  ListObjectsV2Command,
  type ListObjectsV2CommandOutput,
  ListObjectVersionsCommand,
  type ListObjectVersionsCommandOutput,
  PutBucketVersioningCommand,
  PutObjectCommand,
  PutObjectTaggingCommand,
  UploadPartCommand,
} from "@aws-sdk/client-s3";
import { expect, test } from "vitest";
import { createRandom } from "../../random.ts";
import { Bucket, failure, s3Fixture } from "./s3-fixture.ts";
import * as model from "./testing/s3-model.ts";

/** `pnpm --filter local s3-walk` walks further, and each time elsewhere. */
const OPERATIONS = Number(process.env.MUSTER_S3_WALK ?? 1_500);
const SEED = process.env.MUSTER_S3_WALK === undefined ? "s3-walk" : `${Date.now()}`;
const KEYS = ["a", "a/b", "a/b/c", "a//b", "b", "b/", "ü/😀", "sp ace+%", "..", "z\n&"];
const PREFIXES = ["", "a", "a/", "b", "ü"];
const bucket = s3Fixture("in process");

test(`${OPERATIONS} operations do what they do to a few maps (${SEED})`, { timeout: 600_000 }, async () => {
  const random = createRandom(SEED);
  const pick = <T>(items: readonly T[]): T => items[Math.floor(random.fraction() * items.length)] as T;
  const chance = (probability: number) => random.fraction() < probability;
  const state = model.newBucket();
  let sent = 0;
  const send = <Output = Record<string, never>>(command: unknown) => {
    sent++;
    return bucket.s3.send(command as never) as unknown as Promise<Output>;
  };
  const etagOf = (body: string) => `"${createHash("md5").update(body).digest("hex")}"`;
  const someId = (key: string) => pick([...(state.keys.get(key) ?? []).map(({ id }) => id), "null", "0".repeat(32)]);
  let step = 0;

  /** A write whose conditions the model decides; resolves to what should happen. */
  const writeConditions = (key: string): { members: object; fails: string | undefined } => {
    const current = model.latest(state, key);
    const isThere = current?.body !== undefined;
    if (chance(0.7)) return { members: {}, fails: undefined };
    if (chance(0.5)) return { members: { IfNoneMatch: "*" }, fails: isThere ? "PreconditionFailed 412" : undefined };
    const guess = chance(0.5) && isThere ? etagOf(current.body ?? "") : '"00000000000000000000000000000000"';
    if (!isThere) return { members: { IfMatch: guess }, fails: "NoSuchKey 404" };
    return {
      members: { IfMatch: guess },
      fails: guess === etagOf(current.body ?? "") ? undefined : "PreconditionFailed 412",
    };
  };
  const operations: Record<string, () => Promise<void>> = {
    async put() {
      const [Key, body, metadata] = [pick(KEYS), `body ${step}`.repeat(pick([0, 1, 50])), `${step}`];
      const { members, fails } = writeConditions(Key);
      const tags = chance(0.3) ? `t=${step}` : "";
      const Tagging = tags === "" ? undefined : tags;
      const command = new PutObjectCommand({
        Bucket,
        Key,
        Body: Buffer.from(body),
        Metadata: { m: metadata },
        Tagging,
        ...members,
      });
      if (fails !== undefined) return expect(await failure(send(command))).toBe(fails);
      const { ETag, VersionId } = await send(command);
      expect(ETag).toBe(etagOf(body));
      model.put(state, Key, { id: VersionId, body, metadata, tags });
    },
    async get() {
      const Key = pick(KEYS);
      const VersionId = chance(0.5) ? someId(Key) : undefined;
      const versions = state.keys.get(Key) ?? [];
      const version = VersionId === undefined ? versions[0] : versions.find(({ id }) => id === VersionId);
      const command = new (pick([GetObjectCommand, HeadObjectCommand]))({ Bucket, Key, VersionId });
      if (version?.body === undefined) {
        const isMarker = version !== undefined && VersionId !== undefined;
        const expected = isMarker ? /405$/ : VersionId === undefined ? /404$/ : /404$/;
        return expect(await failure(send(command as never))).toMatch(expected);
      }
      const answer = (await send(command)) as unknown as { Body?: { transformToString(): Promise<string> } } & Record<
        string,
        unknown
      >;
      if (command instanceof GetObjectCommand) expect(await answer.Body?.transformToString()).toBe(version.body);
      expect(answer).toMatchObject({ ContentLength: version.body.length, Metadata: { m: version.metadata } });
      expect(answer.VersionId).toBe(state.status === undefined ? undefined : version.id);
    },
    async remove() {
      const Key = pick(KEYS);
      const { DeleteMarker, VersionId } = await send(new DeleteObjectCommand({ Bucket, Key }));
      expect(DeleteMarker).toBe(state.status === undefined ? undefined : true);
      model.remove(state, Key, VersionId);
    },
    async removeVersion() {
      const Key = pick(KEYS);
      const VersionId = someId(Key);
      await send(new DeleteObjectCommand({ Bucket, Key, VersionId }));
      model.removeVersion(state, Key, VersionId);
    },
    async removeMany() {
      const Objects = [pick(KEYS), pick(KEYS)]
        .filter((key, index, keys) => keys.indexOf(key) === index)
        .map((Key) => (chance(0.5) ? { Key, VersionId: someId(Key) } : { Key }));
      const { Deleted = [] } = (await send(new DeleteObjectsCommand({ Bucket, Delete: { Objects } }))) as {
        Deleted?: { DeleteMarkerVersionId?: string }[];
      };
      expect(Deleted.length).toBe(Objects.length);
      for (const [index, { Key, ...version }] of Objects.entries()) {
        if ("VersionId" in version) model.removeVersion(state, Key, version.VersionId);
        else model.remove(state, Key, Deleted[index]?.DeleteMarkerVersionId);
      }
    },
    async copy() {
      const [from, Key] = [pick(KEYS), pick(KEYS)];
      const source = model.latest(state, from);
      const CopySource = `${Bucket}/${encodeURIComponent(from)}`;
      const { members, fails } = writeConditions(Key);
      const answer = send(new CopyObjectCommand({ Bucket, Key, CopySource, ...members }));
      if (source?.body === undefined) return expect(await failure(answer)).toBe("NoSuchKey 404");
      if (from === Key) return expect(await failure(answer)).toBe("InvalidRequest 400");
      if (fails !== undefined) return expect(await failure(answer)).toBe(fails);
      model.put(state, Key, { ...source, body: source.body, id: (await answer).VersionId });
    },
    async upload() {
      const [Key, body] = [pick(KEYS), `parts ${step}`];
      const { UploadId } = await send(new CreateMultipartUploadCommand({ Bucket, Key, Metadata: { m: "parts" } }));
      const { ETag } = await send(new UploadPartCommand({ Bucket, Key, UploadId, PartNumber: 1, Body: body }));
      const MultipartUpload = { Parts: [{ PartNumber: 1, ETag }] };
      const complete = new CompleteMultipartUploadCommand({ Bucket, Key, UploadId, MultipartUpload });
      const { VersionId } = await send(complete);
      if (chance(0.3)) expect((await send(complete)).VersionId).toBe(VersionId);
      // The ETag of parts is no MD5 of the body: the model knows bodies alone, so a plain copy takes its place.
      model.put(state, Key, { id: VersionId, body, metadata: "parts", tags: "" });
      const plain = await send(new PutObjectCommand({ Bucket, Key, Body: body, Metadata: { m: "parts" } }));
      model.put(state, Key, { id: plain.VersionId, body, metadata: "parts", tags: "" });
    },
    async tag() {
      const Key = pick(KEYS);
      const VersionId = someId(Key);
      const version = state.keys.get(Key)?.find(({ id }) => id === VersionId);
      if (version?.body === undefined) return;
      const TagSet = [{ Key: "t", Value: `${step}` }];
      await send(new PutObjectTaggingCommand({ Bucket, Key, VersionId, Tagging: { TagSet } }));
      version.tags = `t=${step}`;
      const { TagSet: read } = await send(new GetObjectTaggingCommand({ Bucket, Key, VersionId }));
      expect(read).toEqual(TagSet);
    },
    async list() {
      const [Prefix, Delimiter, MaxKeys] = [pick(PREFIXES), pick(["", "/", "b"]), pick([1, 2, 3, 1000])];
      const StartAfter = chance(0.2) ? pick(KEYS) : "";
      const items: (string | undefined)[] = [];
      const isOld = chance(0.3);
      for (let next: Record<string, string | undefined> = isOld ? { Marker: StartAfter } : { StartAfter }; ; ) {
        const members = { Bucket, Prefix, Delimiter, MaxKeys, EncodingType: "url" as const, ...next };
        const command = isOld ? new ListObjectsCommand(members) : new ListObjectsV2Command(members);
        const page = await send<ListObjectsV2CommandOutput & ListObjectsCommandOutput>(command);
        const keys = (page.Contents ?? []).map(({ Key = "" }) => decodeURIComponent(Key));
        const prefixes = (page.CommonPrefixes ?? []).map((found) => decodeURIComponent(found.Prefix ?? ""));
        items.push(...[...keys, ...prefixes].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b))));
        if (!page.IsTruncated) break;
        const { NextContinuationToken: ContinuationToken, NextMarker } = page;
        next = isOld
          ? { Marker: NextMarker === undefined ? items.at(-1) : decodeURIComponent(NextMarker) }
          : { ContinuationToken };
      }
      expect(items).toEqual(model.list(state, Prefix, Delimiter, StartAfter));
    },
    async listVersions() {
      const [Prefix, Delimiter, MaxKeys] = [pick(PREFIXES), pick(["", "/"]), pick([1, 2, 5, 1000])];
      const items: string[] = [];
      for (let next: { KeyMarker?: string | undefined; VersionIdMarker?: string | undefined } = {}; ; ) {
        const members = { Bucket, Prefix, Delimiter, MaxKeys, EncodingType: "url" as const, ...next };
        const page = await send<ListObjectVersionsCommandOutput>(new ListObjectVersionsCommand(members));
        const show = ({ Key = "", VersionId = "", IsLatest = false }, suffix = "") =>
          `${decodeURIComponent(Key)} ${VersionId}${IsLatest ? " latest" : ""}${suffix}`;
        items.push(...(page.Versions ?? []).map((version) => show(version as never)));
        items.push(...(page.DeleteMarkers ?? []).map((marker) => show(marker as never, " marker")));
        items.push(...(page.CommonPrefixes ?? []).map((found) => decodeURIComponent(found.Prefix ?? "")));
        if (!page.IsTruncated) break;
        next = {
          KeyMarker: decodeURIComponent(page.NextKeyMarker ?? ""),
          VersionIdMarker: page.NextVersionIdMarker,
        };
      }
      expect(items.sort()).toEqual(model.listVersions(state, Prefix, Delimiter).sort());
    },
    async changeVersioning() {
      const Status = pick(["Enabled", "Enabled", "Suspended"] as const);
      // At first without, for as long as an eighth of the walk.
      if (sent < OPERATIONS / 8) return;
      await send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status } }));
      state.status = Status;
    },
    async reopen() {
      if (chance(0.3)) await bucket.reopen();
    },
  };
  const weights = { put: 8, get: 8, list: 3, listVersions: 3, remove: 3, removeVersion: 5, copy: 3, tag: 2 };
  const names = Object.keys(operations).flatMap((name) =>
    Array<string>(weights[name as keyof typeof weights] ?? 1).fill(name),
  );
  for (; sent < OPERATIONS; step++) {
    const name = pick(names);
    await operations[name]?.().catch((error: Error) => {
      throw new Error(`step ${step}, ${name}: ${error.message}`, { cause: error });
    });
  }
  for (const [Key, versions] of state.keys) {
    for (const { id, body } of versions) {
      if (body === undefined) continue;
      const { Body } = await bucket.s3.send(new GetObjectCommand({ Bucket, Key, VersionId: id }));
      expect(await Body?.transformToString()).toBe(body);
    }
  }
});
