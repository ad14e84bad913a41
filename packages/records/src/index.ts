// Stars instead of names: esbuild then reaches a module from who imports it and not by way of this file, so that a program which is split into
// chunks loads S3's client with what writes objects, and not with a tag.
export * from "./attempt-keys.ts";
export * from "./attempt-records.ts";
export * from "./aws-failure.ts";
export * from "./chance.ts";
export * from "./conditional-write.ts";
export * from "./digest-metadata.ts";
export * from "./lease.ts";
export * from "./lease-rules.ts";
export * from "./made-by.ts";
export * from "./object-place.ts";
export * from "./objects.ts";
export * from "./own-object.ts";
export * from "./receive-object.ts";
export * from "./state-key.ts";
export * from "./state-records.ts";
export * from "./unknown-outcome-error.ts";
export * from "./worker-tag.ts";
