import { eventType } from "./interpreter/event-codes.ts";
import type { Execution, ExecutionStatus } from "./interpreter/execution.ts";
import type { Json } from "./language/json.ts";
import { jsonSize } from "./language/json-size.ts";

/** How near an execution is, or came, to what AWS allows: 25,000 events, and 256 KiB of data at any state. */
export interface ExecutionSize {
  readonly executionArn: string;
  readonly status: ExecutionStatus;
  readonly events: number;
  /** Of the largest input, output, parameters or result in its history, as JSON. */
  readonly largestBytes: number;
  /** The event that has it. */
  readonly largestEventId: number;
}

const HAS_DATA = /(Entered|Exited|Scheduled|Succeeded)$/;

export function executionSize({ arn, status, history }: Execution): ExecutionSize {
  let largestBytes = 0;
  let largestEventId = 1;
  for (let id = 1; id <= history.length; id++) {
    const { code, payload } = history.at(id);
    if (payload === undefined || !HAS_DATA.test(eventType(code))) continue;
    const bytes = jsonSize(payload as Json);
    if (bytes <= largestBytes) continue;
    largestBytes = bytes;
    largestEventId = id;
  }
  return { executionArn: arn, status, events: history.length, largestBytes, largestEventId };
}
