import { AwsError } from "../../aws-error.ts";

/** As a request holds it. */
export interface InvalidationBatchInput {
  readonly CallerReference: string;
  readonly Paths: { readonly Quantity: string; readonly Items?: readonly string[] };
}

export interface InvalidationBatch {
  readonly callerReference: string;
  readonly paths: readonly string[];
}

const LONGEST_PATH = 4000;

/**
 * Reads a batch and refuses what CloudFront would.
 * @see https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/invalidation-specifying-objects.html
 */
export function readInvalidationBatch({ CallerReference, Paths }: InvalidationBatchInput): InvalidationBatch {
  const { Quantity, Items: items = [] } = Paths;
  const callerReference = CallerReference;
  if (callerReference === "") throw invalid("The CallerReference is missing");
  if (Number(Quantity) !== items.length) {
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
