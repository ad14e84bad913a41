import type { ServiceOperations } from "../src/service-operations.ts";
import { s3Operations } from "../src/services/s3/s3-operations.ts";

/** The services whose operations the README lists, in its order. */
export const ALL_OPERATIONS: readonly ServiceOperations[] = [s3Operations];
