import type { OperationRule } from "./operation-rule.ts";

type Verbs = Partial<Record<OperationRule["method"], string | readonly string[]>>;

/** Operations by what selects them: query parameters, the kind of path, the method. */
const REFUSED: readonly (readonly [selectors: string, at: OperationRule["at"], verbs: Verbs])[] = [
  ["abac", "bucket", { GET: "GetBucketAbac", PUT: "PutBucketAbac" }],
  ["accelerate", "bucket", { GET: "GetBucketAccelerateConfiguration", PUT: "PutBucketAccelerateConfiguration" }],
  ["acl", "bucket", { GET: "GetBucketAcl", PUT: "PutBucketAcl" }],
  ["acl", "object", { GET: "GetObjectAcl", PUT: "PutObjectAcl" }],
  ["analytics", "bucket", { GET: "ListBucketAnalyticsConfigurations" }],
  [
    "analytics id",
    "bucket",
    {
      GET: "GetBucketAnalyticsConfiguration",
      PUT: "PutBucketAnalyticsConfiguration",
      DELETE: "DeleteBucketAnalyticsConfiguration",
    },
  ],
  ["annotation", "object", { GET: "ListObjectAnnotations" }],
  [
    "annotation annotationName",
    "object",
    { GET: "GetObjectAnnotation", PUT: "PutObjectAnnotation", DELETE: "DeleteObjectAnnotation" },
  ],
  ["cors", "bucket", { GET: "GetBucketCors", PUT: "PutBucketCors", DELETE: "DeleteBucketCors" }],
  [
    "encryption",
    "bucket",
    { GET: "GetBucketEncryption", PUT: "PutBucketEncryption", DELETE: "DeleteBucketEncryption" },
  ],
  ["encryption", "object", { PUT: "UpdateObjectEncryption" }],
  ["intelligent-tiering", "bucket", { GET: "ListBucketIntelligentTieringConfigurations" }],
  [
    "intelligent-tiering id",
    "bucket",
    {
      GET: "GetBucketIntelligentTieringConfiguration",
      PUT: "PutBucketIntelligentTieringConfiguration",
      DELETE: "DeleteBucketIntelligentTieringConfiguration",
    },
  ],
  ["inventory", "bucket", { GET: "ListBucketInventoryConfigurations" }],
  [
    "inventory id",
    "bucket",
    {
      GET: "GetBucketInventoryConfiguration",
      PUT: "PutBucketInventoryConfiguration",
      DELETE: "DeleteBucketInventoryConfiguration",
    },
  ],
  ["legal-hold", "object", { GET: "GetObjectLegalHold", PUT: "PutObjectLegalHold" }],
  [
    "lifecycle",
    "bucket",
    {
      GET: ["GetBucketLifecycleConfiguration", "GetBucketLifecycle"],
      PUT: ["PutBucketLifecycleConfiguration", "PutBucketLifecycle"],
      DELETE: "DeleteBucketLifecycle",
    },
  ],
  ["logging", "bucket", { GET: "GetBucketLogging", PUT: "PutBucketLogging" }],
  ["max-directory-buckets", "service", { GET: "ListDirectoryBuckets" }],
  ["metadataAnnotationTable", "bucket", { PUT: "UpdateBucketMetadataAnnotationTableConfiguration" }],
  [
    "metadataConfiguration",
    "bucket",
    {
      GET: "GetBucketMetadataConfiguration",
      POST: "CreateBucketMetadataConfiguration",
      DELETE: "DeleteBucketMetadataConfiguration",
    },
  ],
  ["metadataInventoryTable", "bucket", { PUT: "UpdateBucketMetadataInventoryTableConfiguration" }],
  ["metadataJournalTable", "bucket", { PUT: "UpdateBucketMetadataJournalTableConfiguration" }],
  [
    "metadataTable",
    "bucket",
    {
      GET: "GetBucketMetadataTableConfiguration",
      POST: "CreateBucketMetadataTableConfiguration",
      DELETE: "DeleteBucketMetadataTableConfiguration",
    },
  ],
  ["metrics", "bucket", { GET: "ListBucketMetricsConfigurations" }],
  [
    "metrics id",
    "bucket",
    {
      GET: "GetBucketMetricsConfiguration",
      PUT: "PutBucketMetricsConfiguration",
      DELETE: "DeleteBucketMetricsConfiguration",
    },
  ],
  [
    "notification",
    "bucket",
    {
      GET: ["GetBucketNotificationConfiguration", "GetBucketNotification"],
      PUT: ["PutBucketNotificationConfiguration", "PutBucketNotification"],
    },
  ],
  ["object-lock", "bucket", { GET: "GetObjectLockConfiguration", PUT: "PutObjectLockConfiguration" }],
  [
    "ownershipControls",
    "bucket",
    { GET: "GetBucketOwnershipControls", PUT: "PutBucketOwnershipControls", DELETE: "DeleteBucketOwnershipControls" },
  ],
  ["policy", "bucket", { GET: "GetBucketPolicy", PUT: "PutBucketPolicy", DELETE: "DeleteBucketPolicy" }],
  ["policyStatus", "bucket", { GET: "GetBucketPolicyStatus" }],
  [
    "publicAccessBlock",
    "bucket",
    { GET: "GetPublicAccessBlock", PUT: "PutPublicAccessBlock", DELETE: "DeletePublicAccessBlock" },
  ],
  ["renameObject", "object", { PUT: "RenameObject" }],
  [
    "replication",
    "bucket",
    { GET: "GetBucketReplication", PUT: "PutBucketReplication", DELETE: "DeleteBucketReplication" },
  ],
  ["requestPayment", "bucket", { GET: "GetBucketRequestPayment", PUT: "PutBucketRequestPayment" }],
  ["restore", "object", { POST: "RestoreObject" }],
  ["retention", "object", { GET: "GetObjectRetention", PUT: "PutObjectRetention" }],
  ["select select-type", "object", { POST: "SelectObjectContent" }],
  ["session", "bucket", { GET: "CreateSession" }],
  ["torrent", "object", { GET: "GetObjectTorrent" }],
  ["website", "bucket", { GET: "GetBucketWebsite", PUT: "PutBucketWebsite", DELETE: "DeleteBucketWebsite" }],
  // A form that a browser posts, and the answer of a function that stands between S3 and its reader: paths of one part, both.
  ["", "bucket", { POST: ["PostObject", "WriteGetObjectResponse"] }],
];

/** What S3 has and this one does not: a build must not believe that a policy was set when nothing was. */
export const REFUSED_OPERATIONS: readonly OperationRule[] = REFUSED.flatMap(([selectors, at, verbs]) =>
  Object.entries(verbs).flatMap(([method, operations]) =>
    [operations].flat().map((operation) => ({
      operation,
      works: false,
      method: method as OperationRule["method"],
      at,
      selectors: Object.fromEntries(
        selectors
          .split(" ")
          .filter(Boolean)
          .map((name) => [name, undefined]),
      ),
      query: {},
      headers: {},
      body: "none" as const,
    })),
  ),
);
