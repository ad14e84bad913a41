import { CHECKSUM_ALGORITHMS } from "./checksums.ts";
import {
  ACL,
  BODY_CHECKSUMS,
  CHECKSUM_VALUES,
  COPY_SOURCE,
  CUSTOMER_KEY,
  ENCRYPTION,
  LISTING,
  OBJECT_LOCK,
  OPTIONAL_ATTRIBUTES,
  READ_CONDITIONS,
  RESPONSE_OVERRIDES,
  STORED,
  VERSION,
  WRITE_CONDITIONS,
} from "./operation-members.ts";
import { type Elements, type MemberRule, type OperationRule, only, refused, works } from "./operation-rule.ts";

type Rest = Partial<Omit<OperationRule, "operation" | "works" | "method" | "at">>;

function rule(operation: string, method: OperationRule["method"], at: OperationRule["at"], rest: Rest): OperationRule {
  return { operation, works: true, method, at, selectors: {}, query: {}, headers: {}, body: "none", ...rest };
}

const TAG: Elements = { Tag: { elements: { Key: works("Key"), Value: works("Value") } } };
const TAGGING = { root: "Tagging", elements: { TagSet: { elements: TAG } } };

const READ = {
  query: { ...RESPONSE_OVERRIDES, ...VERSION, partNumber: works("PartNumber") },
  headers: {
    ...READ_CONDITIONS,
    ...CUSTOMER_KEY,
    range: works("Range"),
    "if-range": works("IfRange"),
    "x-amz-checksum-mode": works("ChecksumMode"),
  },
};

const MFA = { "x-amz-mfa": refused("MFA") };
const GOVERNANCE = { "x-amz-bypass-governance-retention": refused("BypassGovernanceRetention") };
const UPLOAD = { uploadId: undefined };
const UPLOAD_ID = { uploadId: works("UploadId") };
const PART = { ...UPLOAD_ID, partNumber: works("PartNumber") };
const TAGS = { tagging: undefined };

/** Directory buckets alone know these conditions, on AWS too. @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObject.html */
const DIRECTORY_CONDITIONS = {
  "x-amz-if-match-last-modified-time": refused("IfMatchLastModifiedTime"),
  "x-amz-if-match-size": refused("IfMatchSize"),
};

/** What this S3 does. @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_Operations_Amazon_Simple_Storage_Service.html */
export const WORKING_OPERATIONS: readonly OperationRule[] = [
  rule("ListBuckets", "GET", "service", {
    query: {
      "max-buckets": works("MaxBuckets"),
      "continuation-token": works("ContinuationToken"),
      prefix: works("Prefix"),
      "bucket-region": works("BucketRegion"),
    },
  }),

  rule("CreateBucket", "PUT", "bucket", {
    headers: {
      ...ACL,
      ...BODY_CHECKSUMS,
      "x-amz-grant-write": refused("GrantWrite"),
      "x-amz-bucket-object-lock-enabled": only("ObjectLockEnabledForBucket", "false"),
      "x-amz-object-ownership": only("ObjectOwnership", "BucketOwnerEnforced"),
      "x-amz-bucket-namespace": only("BucketNamespace", "global"),
    },
    body: {
      root: "CreateBucketConfiguration",
      elements: {
        LocationConstraint: works("LocationConstraint"),
        Location: refused("Location"),
        Bucket: refused("Bucket"),
        Tags: { elements: TAG },
      },
    },
  }),
  rule("HeadBucket", "HEAD", "bucket", {}),
  rule("DeleteBucket", "DELETE", "bucket", {}),
  rule("GetBucketLocation", "GET", "bucket", { selectors: { location: undefined } }),
  rule("GetBucketVersioning", "GET", "bucket", { selectors: { versioning: undefined } }),
  rule("PutBucketVersioning", "PUT", "bucket", {
    selectors: { versioning: undefined },
    headers: { ...BODY_CHECKSUMS, ...MFA },
    body: {
      root: "VersioningConfiguration",
      elements: { Status: works("Status"), MfaDelete: only("MFADelete", "Disabled") },
    },
  }),
  rule("GetBucketTagging", "GET", "bucket", { selectors: TAGS }),
  rule("PutBucketTagging", "PUT", "bucket", { selectors: TAGS, headers: BODY_CHECKSUMS, body: TAGGING }),
  rule("DeleteBucketTagging", "DELETE", "bucket", { selectors: TAGS }),

  rule("ListObjects", "GET", "bucket", {
    query: { ...LISTING, marker: works("Marker"), "max-keys": works("MaxKeys"), "list-type": only("ListType", "1") },
    headers: OPTIONAL_ATTRIBUTES,
  }),
  rule("ListObjectsV2", "GET", "bucket", {
    selectors: { "list-type": "2" },
    query: {
      ...LISTING,
      "max-keys": works("MaxKeys"),
      "continuation-token": works("ContinuationToken"),
      "start-after": works("StartAfter"),
      "fetch-owner": works("FetchOwner"),
    },
    headers: OPTIONAL_ATTRIBUTES,
  }),
  rule("ListObjectVersions", "GET", "bucket", {
    selectors: { versions: undefined },
    query: {
      ...LISTING,
      "max-keys": works("MaxKeys"),
      "key-marker": works("KeyMarker"),
      "version-id-marker": works("VersionIdMarker"),
    },
    headers: OPTIONAL_ATTRIBUTES,
  }),
  rule("DeleteObjects", "POST", "bucket", {
    selectors: { delete: undefined },
    headers: { ...BODY_CHECKSUMS, ...MFA, ...GOVERNANCE },
    body: {
      root: "Delete",
      elements: {
        Quiet: works("Quiet"),
        Object: {
          elements: {
            Key: works("Key"),
            VersionId: works("VersionId"),
            ETag: works("ETag"),
            LastModifiedTime: refused("LastModifiedTime"),
            Size: refused("Size"),
          },
        },
      },
    },
  }),

  rule("PutObject", "PUT", "object", {
    headers: {
      ...STORED,
      ...ACL,
      ...ENCRYPTION,
      ...OBJECT_LOCK,
      ...BODY_CHECKSUMS,
      ...WRITE_CONDITIONS,
      "x-amz-write-offset-bytes": refused("WriteOffsetBytes"),
    },
    body: "bytes",
  }),
  rule("CopyObject", "PUT", "object", {
    copies: true,
    headers: {
      ...STORED,
      ...ACL,
      ...ENCRYPTION,
      ...OBJECT_LOCK,
      ...COPY_SOURCE,
      ...WRITE_CONDITIONS,
      "x-amz-object-annotation-directive": refused("AnnotationDirective"),
      "x-amz-metadata-directive": works("MetadataDirective"),
      "x-amz-tagging-directive": works("TaggingDirective"),
      "x-amz-checksum-algorithm": works("ChecksumAlgorithm"),
    },
  }),
  rule("GetObject", "GET", "object", READ),
  rule("HeadObject", "HEAD", "object", READ),
  rule("GetObjectAttributes", "GET", "object", {
    selectors: { attributes: undefined },
    query: VERSION,
    headers: {
      ...CUSTOMER_KEY,
      "x-amz-object-attributes": works("ObjectAttributes"),
      "x-amz-max-parts": works("MaxParts"),
      "x-amz-part-number-marker": works("PartNumberMarker"),
    },
  }),
  rule("DeleteObject", "DELETE", "object", {
    query: VERSION,
    headers: { ...MFA, ...GOVERNANCE, ...DIRECTORY_CONDITIONS, "if-match": works("IfMatch") },
  }),
  rule("GetObjectTagging", "GET", "object", { selectors: TAGS, query: VERSION }),
  rule("PutObjectTagging", "PUT", "object", {
    selectors: TAGS,
    query: VERSION,
    headers: BODY_CHECKSUMS,
    body: TAGGING,
  }),
  rule("DeleteObjectTagging", "DELETE", "object", { selectors: TAGS, query: VERSION }),

  rule("CreateMultipartUpload", "POST", "object", {
    selectors: { uploads: undefined },
    headers: {
      ...STORED,
      ...ACL,
      ...ENCRYPTION,
      ...OBJECT_LOCK,
      "x-amz-checksum-algorithm": works("ChecksumAlgorithm"),
      "x-amz-checksum-type": works("ChecksumType"),
    },
  }),
  rule("UploadPart", "PUT", "object", {
    selectors: UPLOAD,
    query: PART,
    headers: { ...BODY_CHECKSUMS, ...CUSTOMER_KEY },
    body: "bytes",
  }),
  rule("UploadPartCopy", "PUT", "object", {
    selectors: UPLOAD,
    copies: true,
    query: PART,
    headers: { ...COPY_SOURCE, ...CUSTOMER_KEY, "x-amz-copy-source-range": works("CopySourceRange") },
  }),
  rule("CompleteMultipartUpload", "POST", "object", {
    selectors: UPLOAD,
    query: UPLOAD_ID,
    headers: {
      ...CHECKSUM_VALUES,
      ...WRITE_CONDITIONS,
      ...CUSTOMER_KEY,
      "x-amz-checksum-type": works("ChecksumType"),
      "x-amz-mp-object-size": works("MpuObjectSize"),
      "x-amz-sdk-checksum-algorithm": works("ChecksumAlgorithm"),
      "content-md5": works("ContentMD5"),
    },
    body: {
      root: "CompleteMultipartUpload",
      elements: {
        Part: {
          elements: {
            PartNumber: works("PartNumber"),
            ETag: works("ETag"),
            ...Object.fromEntries(
              CHECKSUM_ALGORITHMS.map((algorithm): [string, MemberRule] => {
                const member = `Checksum${algorithm}`;
                return [member, works(member)];
              }),
            ),
          },
        },
      },
    },
  }),
  rule("AbortMultipartUpload", "DELETE", "object", {
    selectors: UPLOAD,
    query: UPLOAD_ID,
    headers: { "x-amz-if-match-initiated-time": refused("IfMatchInitiatedTime") },
  }),
  rule("ListParts", "GET", "object", {
    selectors: UPLOAD,
    query: { ...UPLOAD_ID, "max-parts": works("MaxParts"), "part-number-marker": works("PartNumberMarker") },
    headers: CUSTOMER_KEY,
  }),
  rule("ListMultipartUploads", "GET", "bucket", {
    selectors: { uploads: undefined },
    query: {
      ...LISTING,
      "max-uploads": works("MaxUploads"),
      "key-marker": works("KeyMarker"),
      "upload-id-marker": works("UploadIdMarker"),
    },
  }),
];
