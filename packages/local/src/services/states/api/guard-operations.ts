import { AwsError } from "../../../aws-error.ts";
import type { Operation } from "../../../service.ts";

const READS = /^(Describe|List|GetExecutionHistory|Validate)/;

/** What came after the last record was written would be forgotten, so it is refused. */
export function whileOpen(
  operations: Readonly<Record<string, Operation>>,
  isClosed: () => boolean,
): Record<string, Operation> {
  return mapOperations(operations, (name, operation) => {
    if (READS.test(name)) return operation;
    return (input, context) => {
      if (isClosed()) throw new AwsError("ServiceUnavailable", "Step Functions is shutting down", { status: 503 });
      return operation(input, context);
    };
  });
}

/** Of a folder that another process owns only what reads can be asked for, and each answer is as fresh as the files. */
export function viewOnly(
  operations: Readonly<Record<string, Operation>>,
  refresh: () => void,
): Record<string, Operation> {
  return mapOperations(operations, (name, operation) => (input, context) => {
    if (!READS.test(name)) {
      throw new AwsError(
        "AccessDeniedException",
        `${name}: this is a read-only view of another process's state machines`,
      );
    }
    refresh();
    return operation(input, context);
  });
}

function mapOperations(
  operations: Readonly<Record<string, Operation>>,
  change: (name: string, operation: Operation) => Operation,
): Record<string, Operation> {
  return Object.fromEntries(Object.entries(operations).map(([name, operation]) => [name, change(name, operation)]));
}
