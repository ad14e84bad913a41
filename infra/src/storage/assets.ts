import { createHash } from "node:crypto";
import { readFileSync, statSync } from "node:fs";
import { basename } from "node:path";
import { S3Object } from "@cdktf/provider-aws/lib/s3-object/index.js";
import { InvalidConfigurationError } from "@muster/pipeline";
import { AssetType, TerraformAsset } from "cdktf";
import type { StageScope } from "../stage-scope.ts";
import type { PrivateBucket } from "./private-bucket.ts";

/** Uploads files by the deployment; each is addressed by the version and the digest of its content. */
export interface Assets {
  /**
   * The URL that gives exactly this file, whatever is deployed later: `s3://<bucket>/<key>?versionId=…#sha256=…`. A key that held the digest would be
   * deleted with the next deployment, under the feet of running builds; here the key stays, and the bucket keeps its earlier versions.
   * @throws InvalidConfigurationError where another file has the key
   */
  url(file: string, key: string): string;
}

export function createAssets({ stack, names }: StageScope, { bucket, versioning }: PrivateBucket): Assets {
  const uploaded = new Map<string, { readonly file: string; readonly url: string }>();
  const upload = (file: string, key: string): string => {
    const id = `asset_${key.replaceAll(/[^A-Za-z0-9]+/g, "_")}`;
    const digest = sha256(file);
    const asset = new TerraformAsset(stack, `${id}_file`, {
      path: file,
      type: AssetType.FILE,
      assetHash: digest.slice(0, 32),
    });
    const object = new S3Object(stack, id, {
      bucket: bucket.id,
      key,
      source: asset.path,
      sourceHash: digest,
      // Uploaded earlier, it would have no version to be addressed by.
      ...(versioning && { dependsOn: [versioning] }),
      contentType: CONTENT_TYPES[basename(file).split(".").at(-1) ?? ""] ?? "application/octet-stream",
    });
    return `s3://${names.bucket("assets")}/${key}?versionId=${object.versionId}#sha256=${digest}`;
  };
  return {
    url(file, key) {
      const asset = uploaded.get(key) ?? { file, url: upload(file, key) };
      if (asset.file !== file) {
        throw new InvalidConfigurationError(`${asset.file} and ${file} would both be uploaded as ${key}`, {
          hint: "rename one of the scripts, or its folder",
        });
      }
      uploaded.set(key, asset);
      return asset.url;
    },
  };
}

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  sh: "text/x-shellscript; charset=utf-8",
  gz: "application/gzip",
};

const digests = new Map<string, string>();

/** The SHA-256 of a file, in hex. Stages share the agent's archives, of tens of megabytes: each is read once. */
export function sha256(file: string): string {
  const { mtimeNs, size } = statSync(file, { bigint: true });
  const state = `${file} ${mtimeNs} ${size}`;
  const digest = digests.get(state) ?? createHash("sha256").update(readFileSync(file)).digest("hex");
  digests.set(state, digest);
  return digest;
}
