import { CHECKSUM_ALGORITHMS, checksumHeader } from "./checksums.ts";
import { ignored, type MemberRule, type Members, only, refused, works } from "./operation-rule.ts";

/** Members that several operations share, by their names on the wire. */

const REQUEST_PAYER = ignored(
  "RequestPayer",
  "it asks for consent to a bill, and no bucket here is one of requester pays",
);

/** Headers that any request may carry. */
export const EVERYWHERE: Members = {
  "x-amz-content-sha256": works("ContentSHA256"),
  "x-amz-decoded-content-length": works("DecodedContentLength"),
  "x-amz-trailer": works("Trailer"),
  "x-amz-expected-bucket-owner": works("ExpectedBucketOwner"),
  "x-amz-request-payer": REQUEST_PAYER,
  "x-amz-date": ignored("Date", "it belongs to the signature, which is not verified"),
  "x-amz-security-token": ignored("SecurityToken", "it belongs to the signature, which is not verified"),
  "x-amz-region-set": ignored("RegionSet", "it belongs to the signature, which is not verified"),
  "x-amz-user-agent": ignored("UserAgent", "it describes the client"),
};

/** Query parameters that any request may carry. */
export const EVERYWHERE_IN_QUERY: Members = {
  "x-id": ignored("OperationName", "SDK clients repeat the operation's name in it"),
};

/** Headers outside `x-amz-` that change what a request means; others are HTTP's own affair. */
export const MEANINGFUL_HEADERS: readonly string[] = [
  "if-match",
  "if-none-match",
  "if-modified-since",
  "if-unmodified-since",
  "if-range",
  "range",
  "content-range",
];

export const STORED: Members = {
  "content-type": works("ContentType"),
  "cache-control": works("CacheControl"),
  "content-disposition": works("ContentDisposition"),
  "content-encoding": works("ContentEncoding"),
  "content-language": works("ContentLanguage"),
  expires: works("Expires"),
  "x-amz-meta-*": works("Metadata"),
  "x-amz-tagging": works("Tagging"),
  "x-amz-storage-class": only("StorageClass", "STANDARD"),
  "x-amz-website-redirect-location": refused("WebsiteRedirectLocation"),
};

/** A bucket that enforces its owner, as all do unless told otherwise, takes this one ACL because it says what is so anyway. */
export const ACL: Members = {
  "x-amz-acl": only("ACL", "bucket-owner-full-control"),
  "x-amz-grant-full-control": refused("GrantFullControl"),
  "x-amz-grant-read": refused("GrantRead"),
  "x-amz-grant-read-acp": refused("GrantReadACP"),
  "x-amz-grant-write-acp": refused("GrantWriteACP"),
};

export const CUSTOMER_KEY: Members = {
  "x-amz-server-side-encryption-customer-algorithm": refused("SSECustomerAlgorithm"),
  "x-amz-server-side-encryption-customer-key": refused("SSECustomerKey"),
  "x-amz-server-side-encryption-customer-key-md5": refused("SSECustomerKeyMD5"),
};

export const ENCRYPTION: Members = {
  ...CUSTOMER_KEY,
  "x-amz-server-side-encryption": refused("ServerSideEncryption"),
  "x-amz-server-side-encryption-aws-kms-key-id": refused("SSEKMSKeyId"),
  "x-amz-server-side-encryption-context": refused("SSEKMSEncryptionContext"),
  "x-amz-server-side-encryption-bucket-key-enabled": refused("BucketKeyEnabled"),
};

export const OBJECT_LOCK: Members = {
  "x-amz-object-lock-mode": refused("ObjectLockMode"),
  "x-amz-object-lock-retain-until-date": refused("ObjectLockRetainUntilDate"),
  "x-amz-object-lock-legal-hold": refused("ObjectLockLegalHoldStatus"),
  "x-amz-object-lock-event-hold": refused("ObjectLockEventHold"),
  "x-amz-object-lock-event-hold-duration-days": refused("ObjectLockEventHoldDurationDays"),
  "x-amz-object-lock-event-hold-duration-years": refused("ObjectLockEventHoldDurationYears"),
};

export const CHECKSUM_VALUES: Members = Object.fromEntries(
  CHECKSUM_ALGORITHMS.map((algorithm): [string, MemberRule] => [
    checksumHeader(algorithm),
    works(`Checksum${algorithm}`),
  ]),
);

/** Checksums of a request's body, whether it is an object or a document. */
export const BODY_CHECKSUMS: Members = {
  ...CHECKSUM_VALUES,
  "x-amz-sdk-checksum-algorithm": works("ChecksumAlgorithm"),
  "content-md5": works("ContentMD5"),
};

export const WRITE_CONDITIONS: Members = { "if-match": works("IfMatch"), "if-none-match": works("IfNoneMatch") };

export const READ_CONDITIONS: Members = {
  ...WRITE_CONDITIONS,
  "if-modified-since": works("IfModifiedSince"),
  "if-unmodified-since": works("IfUnmodifiedSince"),
};

export const COPY_SOURCE: Members = {
  "x-amz-copy-source": works("CopySource"),
  "x-amz-copy-source-if-match": works("CopySourceIfMatch"),
  "x-amz-copy-source-if-none-match": works("CopySourceIfNoneMatch"),
  "x-amz-copy-source-if-modified-since": works("CopySourceIfModifiedSince"),
  "x-amz-copy-source-if-unmodified-since": works("CopySourceIfUnmodifiedSince"),
  "x-amz-source-expected-bucket-owner": works("ExpectedSourceBucketOwner"),
  "x-amz-copy-source-server-side-encryption-customer-algorithm": refused("CopySourceSSECustomerAlgorithm"),
  "x-amz-copy-source-server-side-encryption-customer-key": refused("CopySourceSSECustomerKey"),
  "x-amz-copy-source-server-side-encryption-customer-key-md5": refused("CopySourceSSECustomerKeyMD5"),
};

export const RESPONSE_OVERRIDES: Members = {
  "response-cache-control": works("ResponseCacheControl"),
  "response-content-disposition": works("ResponseContentDisposition"),
  "response-content-encoding": works("ResponseContentEncoding"),
  "response-content-language": works("ResponseContentLanguage"),
  "response-content-type": works("ResponseContentType"),
  "response-expires": works("ResponseExpires"),
};

export const LISTING: Members = {
  prefix: works("Prefix"),
  delimiter: works("Delimiter"),
  "encoding-type": works("EncodingType"),
};

/** The one attribute tells of restores from an archive, and nothing here is archived. */
export const OPTIONAL_ATTRIBUTES: Members = {
  "x-amz-optional-object-attributes": only("OptionalObjectAttributes", "RestoreStatus"),
};

export const VERSION: Members = { versionId: works("VersionId") };
