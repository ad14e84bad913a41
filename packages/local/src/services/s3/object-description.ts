import type { Checksums, ChecksumType } from "./checksums.ts";

/** Headers that are stored with an object and given back with it, by their names in the API. */
export interface ObjectHeaders {
  readonly ContentType?: string | undefined;
  readonly CacheControl?: string | undefined;
  readonly ContentDisposition?: string | undefined;
  readonly ContentEncoding?: string | undefined;
  readonly ContentLanguage?: string | undefined;
  readonly Expires?: string | undefined;
}

/** A part of an object that was uploaded in parts; parts can be read by their numbers. */
export interface ObjectPart {
  readonly number: number;
  readonly size: number;
  readonly checksums: Checksums;
}

/** What S3 knows of an object besides its bytes. */
export interface ObjectDescription {
  readonly size: number;
  /** With its quotation marks. */
  readonly etag: string;
  readonly lastModifiedMs: number;
  readonly headers: ObjectHeaders;
  /** Values as bytes of the header, one character each: what came is what goes. */
  readonly metadata: Readonly<Record<string, string>>;
  readonly checksums: Checksums;
  /** By default that of an object that was uploaded in one piece: FULL_OBJECT. */
  readonly checksumType?: ChecksumType;
  readonly tags: Readonly<Record<string, string>>;
  /** Of an object that was uploaded in parts, by rising numbers. */
  readonly parts?: readonly ObjectPart[];
  /** The multipart upload that made it: how a repeated completion knows that it was done. */
  readonly uploadId?: string;
}
