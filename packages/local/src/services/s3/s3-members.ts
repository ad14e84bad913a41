import { CHECKSUM_ALGORITHMS, checksumHeader } from "./checksums.ts";

/** Where S3 puts members of its answers; names as in the API. `Body` and whatever is rendered as XML are not among them. */
export const RESPONSE_HEADERS: Readonly<Record<string, string>> = {
  ETag: "etag",
  LastModified: "last-modified",
  ContentLength: "content-length",
  ContentType: "content-type",
  ContentRange: "content-range",
  AcceptRanges: "accept-ranges",
  CacheControl: "cache-control",
  ContentDisposition: "content-disposition",
  ContentEncoding: "content-encoding",
  ContentLanguage: "content-language",
  Expires: "expires",
  TagCount: "x-amz-tagging-count",
  Location: "location",
  BucketRegion: "x-amz-bucket-region",
  VersionId: "x-amz-version-id",
  CopySourceVersionId: "x-amz-copy-source-version-id",
  DeleteMarker: "x-amz-delete-marker",
  PartsCount: "x-amz-mp-parts-count",
  ChecksumAlgorithm: "x-amz-checksum-algorithm",
  ChecksumType: "x-amz-checksum-type",
  ...Object.fromEntries(CHECKSUM_ALGORITHMS.map((algorithm) => [`Checksum${algorithm}`, checksumHeader(algorithm)])),
};
