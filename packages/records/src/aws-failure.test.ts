import { NoSuchKey, NotFound } from "@aws-sdk/client-s3";
import { expect, test } from "vitest";
import { isMissingObject } from "./aws-failure.ts";

test.each([NoSuchKey, NotFound])(
  "an object that is not there is missing, whatever S3 calls it in this operation",
  (Missing) => {
    expect(isMissingObject(new Missing({ message: "", $metadata: {} }))).toBe(true);
    expect(isMissingObject(new Error("getaddrinfo ENOTFOUND"))).toBe(false);
  },
);
