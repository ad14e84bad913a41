import { AwsError } from "../../aws-error.ts";

/** Answered `NotImplemented` by name: a build must not believe that a policy was set when nothing was. */
const UNSUPPORTED = [
  "accelerate",
  "acl",
  "analytics",
  "cors",
  "encryption",
  "intelligent-tiering",
  "inventory",
  "legal-hold",
  "lifecycle",
  "logging",
  "metrics",
  "notification",
  "object-lock",
  "ownershipControls",
  "policy",
  "policyStatus",
  "publicAccessBlock",
  "replication",
  "requestPayment",
  "restore",
  "retention",
  "select",
  "torrent",
  "versions",
  "website",
] as const;

interface Target {
  readonly method: string;
  readonly bucket: string;
  readonly key: string;
  readonly query: URLSearchParams;
  readonly isCopy: boolean;
}

/** The operation that a method, a bucket, a key and a subresource mean. */
export function operationOf(target: Target): string {
  const { method, bucket, key, query } = target;
  const unsupported = UNSUPPORTED.find((name) => query.has(name));
  if (unsupported !== undefined || (method === "PUT" && query.has("versioning"))) {
    const what = unsupported ?? "versioning";
    throw new AwsError("NotImplemented", `The local S3 does not implement ?${what}`, { status: 501 });
  }
  const operation =
    bucket === "" ? serviceOperation(target) : key === "" ? bucketOperation(target) : objectOperation(target);
  if (operation !== undefined) return operation;
  const message = "The specified method is not allowed against this resource.";
  throw new AwsError("MethodNotAllowed", message, { status: 405, Method: method });
}

function serviceOperation({ method }: Target): string | undefined {
  return method === "GET" ? "ListBuckets" : undefined;
}

function bucketOperation({ method, query }: Target): string | undefined {
  switch (method) {
    case "GET":
      if (query.has("location")) return "GetBucketLocation";
      if (query.has("versioning")) return "GetBucketVersioning";
      if (query.has("tagging")) return "GetBucketTagging";
      if (query.has("uploads")) return "ListMultipartUploads";
      return query.get("list-type") === "2" ? "ListObjectsV2" : "ListObjects";
    case "PUT":
      return query.has("tagging") ? "PutBucketTagging" : "CreateBucket";
    case "HEAD":
      return "HeadBucket";
    case "DELETE":
      return query.has("tagging") ? "DeleteBucketTagging" : "DeleteBucket";
    case "POST":
      return query.has("delete") ? "DeleteObjects" : undefined;
  }
  return undefined;
}

function objectOperation({ method, query, isCopy }: Target): string | undefined {
  const tagging = query.has("tagging");
  const upload = query.has("uploadId");
  switch (method) {
    case "GET":
      if (upload) return "ListParts";
      if (query.has("attributes")) return "GetObjectAttributes";
      return tagging ? "GetObjectTagging" : "GetObject";
    case "HEAD":
      return "HeadObject";
    case "PUT":
      if (upload) return isCopy ? "UploadPartCopy" : "UploadPart";
      if (tagging) return "PutObjectTagging";
      return isCopy ? "CopyObject" : "PutObject";
    case "POST":
      if (query.has("uploads")) return "CreateMultipartUpload";
      return upload ? "CompleteMultipartUpload" : undefined;
    case "DELETE":
      if (upload) return "AbortMultipartUpload";
      return tagging ? "DeleteObjectTagging" : "DeleteObject";
  }
  return undefined;
}
