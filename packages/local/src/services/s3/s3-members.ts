/** Where S3 puts members of its requests and answers on the wire; names as in the API. */

/** Request headers. */
export const REQUEST_HEADERS: Readonly<Record<string, string>> = {
  "if-match": "IfMatch",
  "if-none-match": "IfNoneMatch",
  "if-modified-since": "IfModifiedSince",
  "if-unmodified-since": "IfUnmodifiedSince",
  range: "Range",
  "content-type": "ContentType",
  "cache-control": "CacheControl",
  "content-disposition": "ContentDisposition",
  "content-encoding": "ContentEncoding",
  "content-language": "ContentLanguage",
  expires: "Expires",
  "x-amz-copy-source": "CopySource",
  "x-amz-copy-source-range": "CopySourceRange",
  "x-amz-copy-source-if-match": "CopySourceIfMatch",
  "x-amz-copy-source-if-none-match": "CopySourceIfNoneMatch",
  "x-amz-metadata-directive": "MetadataDirective",
  "x-amz-tagging-directive": "TaggingDirective",
  "x-amz-tagging": "Tagging",
  "x-amz-checksum-mode": "ChecksumMode",
  "x-amz-object-attributes": "ObjectAttributes",
};

/** Query parameters. */
export const REQUEST_QUERY: Readonly<Record<string, string>> = {
  prefix: "Prefix",
  delimiter: "Delimiter",
  marker: "Marker",
  "max-keys": "MaxKeys",
  "start-after": "StartAfter",
  "continuation-token": "ContinuationToken",
  "encoding-type": "EncodingType",
  "fetch-owner": "FetchOwner",
  uploadId: "UploadId",
  versionId: "VersionId",
  partNumber: "PartNumber",
  "part-number-marker": "PartNumberMarker",
  "max-parts": "MaxParts",
  "response-content-type": "ResponseContentType",
  "response-content-disposition": "ResponseContentDisposition",
  "response-cache-control": "ResponseCacheControl",
};

/** Answer headers. `Body` and whatever is rendered as XML are not among them. */
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
  ChecksumType: "x-amz-checksum-type",
  ChecksumCRC32: "x-amz-checksum-crc32",
  ChecksumCRC32C: "x-amz-checksum-crc32c",
  ChecksumCRC64NVME: "x-amz-checksum-crc64nvme",
  ChecksumSHA1: "x-amz-checksum-sha1",
  ChecksumSHA256: "x-amz-checksum-sha256",
};
