import { AwsError } from "../../aws-error.ts";
import { childrenOf, parseXml, textOf } from "../../protocol/xml.ts";

export interface InvalidationBatch {
  readonly callerReference: string;
  readonly paths: readonly string[];
}

const LONGEST_PATH = 4000;

/**
 * Reads a batch and refuses what CloudFront would.
 * @see https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/invalidation-specifying-objects.html
 */
export function parseInvalidationBatch(body: Uint8Array): InvalidationBatch {
  const root = parseXml(body, "InvalidationBatch");
  const paths = childrenOf(root, "Paths")[0];
  const items = childrenOf(childrenOf(paths, "Items")[0], "Path").filter((path) => typeof path === "string");
  const callerReference = textOf(root, "CallerReference") ?? "";
  if (callerReference === "") throw invalid("The CallerReference is missing");
  if (Number(textOf(paths, "Quantity")) !== items.length) {
    throw new AwsError("InconsistentQuantities", "The value of Quantity and the size of Items don't match.");
  }
  if (items.length === 0) throw invalid("Your request contains no paths");
  const bad = items.find(
    (path) => !path.startsWith("/") || path.length > LONGEST_PATH || /\*./.test(path) || /\s/.test(path),
  );
  if (bad !== undefined) throw invalid(`Your request contains one or more invalid invalidation paths: ${bad}`);
  return { callerReference, paths: items };
}

function invalid(message: string): AwsError {
  return new AwsError("InvalidArgument", message);
}
