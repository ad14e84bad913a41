/** S3 as a few maps: what a walk through the real one must see. Ids of versions are the real one's, told to `put` and `remove`. */

export interface ModelVersion {
  readonly id: string;
  /** Undefined is a delete marker. */
  readonly body: string | undefined;
  readonly metadata: string;
  tags: string;
}

export interface ModelBucket {
  status: "Enabled" | "Suspended" | undefined;
  /** Versions by key, the newest first. */
  readonly keys: Map<string, ModelVersion[]>;
}

export const newBucket = (): ModelBucket => ({ status: undefined, keys: new Map() });

export function latest(bucket: ModelBucket, key: string): ModelVersion | undefined {
  return bucket.keys.get(key)?.[0];
}

export function isThere(bucket: ModelBucket, key: string): boolean {
  return latest(bucket, key)?.body !== undefined;
}

function push(bucket: ModelBucket, key: string, version: ModelVersion): void {
  const others = bucket.keys.get(key) ?? [];
  bucket.keys.set(key, [version, ...others.filter(({ id }) => id !== version.id)]);
}

/** `id` is undefined where the bucket never had versions. */
export function put(
  bucket: ModelBucket,
  key: string,
  written: { id: string | undefined; body: string; metadata: string; tags: string },
): void {
  push(bucket, key, { ...written, id: written.id ?? "null" });
}

export function remove(bucket: ModelBucket, key: string, markerId: string | undefined): void {
  if (bucket.status === undefined) bucket.keys.delete(key);
  else push(bucket, key, { id: markerId ?? "null", body: undefined, metadata: "", tags: "" });
}

export function removeVersion(bucket: ModelBucket, key: string, id: string): void {
  const left = (bucket.keys.get(key) ?? []).filter((version) => version.id !== id);
  if (left.length > 0) bucket.keys.set(key, left);
  else bucket.keys.delete(key);
}

const byBytes = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));

export function sortedKeys(bucket: ModelBucket): string[] {
  return [...bucket.keys.keys()].sort(byBytes);
}

/** Keys and common prefixes of the objects that are there, in order. */
export function list(bucket: ModelBucket, prefix: string, delimiter: string, startAfter: string): string[] {
  const items = sortedKeys(bucket)
    .filter((key) => isThere(bucket, key) && key.startsWith(prefix))
    .map((key) => rollUp(key, prefix, delimiter) ?? key);
  return [...new Set(items)].filter((item) => byBytes(item, startAfter) > 0);
}

function rollUp(key: string, prefix: string, delimiter: string): string | undefined {
  const end = delimiter === "" ? -1 : key.indexOf(delimiter, prefix.length);
  return end < 0 ? undefined : key.slice(0, end + delimiter.length);
}

/** `key id [latest] [marker]` of all versions, common prefixes as they are. */
export function listVersions(bucket: ModelBucket, prefix: string, delimiter: string): string[] {
  const items = sortedKeys(bucket)
    .filter((key) => key.startsWith(prefix))
    .flatMap((key) => {
      const commonPrefix = rollUp(key, prefix, delimiter);
      if (commonPrefix !== undefined) return [commonPrefix];
      return (bucket.keys.get(key) ?? []).map(
        ({ id, body }, index) => `${key} ${id}${index === 0 ? " latest" : ""}${body === undefined ? " marker" : ""}`,
      );
    });
  return [...new Set(items)];
}
