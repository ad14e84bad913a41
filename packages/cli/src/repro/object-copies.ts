import { ListObjectsV2Command, NoSuchBucket, type S3Client } from "@aws-sdk/client-s3";
import type { ObjectPlace } from "@muster/records";
import type { Sandbox } from "../stages/local/open-sandbox.ts";
import { type LookBack, type ObjectChange, objectOfThen } from "./object-of-then.ts";

/** An object that is another now than the attempt had it. */
export interface ChangedObject {
  readonly url: string;
  readonly change: ObjectChange;
}

export interface CopyOptions extends LookBack {
  /** Where copies go. */
  readonly copies: Pick<Sandbox, "put">;
  /** Whether the stage is asked for it at all. */
  isShared(place: ObjectPlace): boolean;
  onChanged(changed: ChangedObject): void;
}

/** Copies of a stage's objects as they were at a time, each made when it is first asked for. */
export interface ObjectCopies {
  /** Resolves when the copy is there, or is known not to have been there then. */
  bring(place: ObjectPlace): Promise<void>;
  /** All that a listing would show. */
  bringAll(listing: {
    readonly bucket: string;
    readonly prefix: string;
    readonly delimiter: string | undefined;
  }): Promise<void>;
  /** It is the copies' own from now on. */
  forget(place: ObjectPlace): void;
}

const AT_ONCE = 8;

export function objectCopies(options: CopyOptions): ObjectCopies {
  const { s3, copies, isShared, onChanged } = options;
  const brought = new Map<string, Promise<void>>();

  const copy = async (place: ObjectPlace): Promise<void> => {
    const { found, change } = await objectOfThen(place, options);
    if (change !== undefined) onChanged({ url: urlOf(place), change });
    if (found === undefined) return;
    await copies.put(place, found);
  };
  const bring = (place: ObjectPlace): Promise<void> => {
    if (!isShared(place)) return Promise.resolve();
    const url = urlOf(place);
    const known = brought.get(url);
    if (known !== undefined) return known;
    const coming = copy(place);
    brought.set(url, coming);
    // What failed is tried again when it is asked for again.
    coming.catch(() => brought.delete(url));
    return coming;
  };

  return {
    bring,
    forget: (place) => void brought.set(urlOf(place), Promise.resolve()),
    async bringAll({ bucket, prefix, delimiter }) {
      const keys = await keysOf(s3, { bucket, prefix, delimiter });
      for (let at = 0; at < keys.length; at += AT_ONCE)
        await Promise.all(keys.slice(at, at + AT_ONCE).map((key) => bring({ bucket, key })));
    },
  };
}

export const urlOf = ({ bucket, key }: ObjectPlace): string => `s3://${bucket}/${key}`;

interface Listing {
  readonly bucket: string;
  readonly prefix: string;
  readonly delimiter: string | undefined;
}

/** Of folders that a delimiter makes, one key each: that they are there. */
async function keysOf(s3: S3Client, { bucket, prefix, delimiter }: Listing): Promise<string[]> {
  const keys: string[] = [];
  let ContinuationToken: string | undefined;
  try {
    do {
      const page = await s3.send(
        new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix, Delimiter: delimiter, ContinuationToken }),
      );
      keys.push(...(page.Contents ?? []).map(({ Key = "" }) => Key));
      for (const { Prefix = "" } of page.CommonPrefixes ?? []) {
        const first = await s3.send(new ListObjectsV2Command({ Bucket: bucket, Prefix, MaxKeys: 1 }));
        keys.push(...(first.Contents ?? []).map(({ Key = "" }) => Key));
      }
      ContinuationToken = page.NextContinuationToken;
    } while (ContinuationToken !== undefined);
  } catch (error) {
    if (error instanceof NoSuchBucket) return [];
    throw error;
  }
  return keys;
}
