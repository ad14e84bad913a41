import { AwsError } from "./aws-error.ts";
import type { WireResponse } from "./service.ts";

/** What a call meets instead of its answer: a service's own error, something else that answers, or nobody. */
export type Fault = ServiceFault | ForeignFault | ConnectionFault;

interface Lost {
  /** The call takes effect and its answer is lost: what a client cannot tell from a call that never arrived. */
  readonly afterwards?: boolean;
}

/** An error of the service, put on the wire as its protocol wants it. */
export interface ServiceFault extends Lost {
  readonly code: string;
  readonly message?: string;
  /** Default 400. */
  readonly status?: number;
}

/** An answer that the service did not write: a proxy's page, a load balancer's status without a body. */
export interface ForeignFault extends Lost {
  readonly answer: { readonly status: number; readonly contentType?: string; readonly body?: string };
}

/** How a connection fails, by the name that Node gives it. Only after a reset or a time-out the call may have arrived. */
export type ConnectionFault =
  | ({ readonly connection: "ECONNRESET" | "ETIMEDOUT" } & Lost)
  | { readonly connection: "ECONNREFUSED" | "ENOTFOUND" | "EAI_AGAIN"; readonly afterwards?: never };

type ConnectionErrorCode = ConnectionFault["connection"];

/** A page as a proxy writes it when what stands behind it is gone. */
const BAD_GATEWAY_PAGE =
  "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n<center><h1>502 Bad Gateway</h1></center>\r\n<hr>\r\n</body>\r\n</html>\r\n";

/** What clients of a service meet while it is down, by name: none of it says anything about what was asked for. For `test.each`. */
export const outages = {
  "500": { code: "InternalError", status: 500 },
  "502 of HTML": { answer: { status: 502, contentType: "text/html", body: BAD_GATEWAY_PAGE } },
  "503 without a body": { answer: { status: 503 } },
  "reset connection": { connection: "ECONNRESET" },
  "refused connection": { connection: "ECONNREFUSED" },
  "time-out": { connection: "ETIMEDOUT" },
  "unknown host": { connection: "ENOTFOUND" },
  "DNS that does not answer": { connection: "EAI_AGAIN" },
} as const satisfies Readonly<Record<string, Fault>>;

/** Whoever called gets no answer. Over a socket it is cut, whatever the name: there it has been opened already. */
export class ConnectionError extends Error {
  /** As the SDK's own handler names them. @see https://www.npmjs.com/package/@smithy/node-http-handler */
  override readonly name: string;
  readonly code: ConnectionErrorCode;
  readonly syscall: string;

  constructor(code: ConnectionErrorCode) {
    const { syscall, message } = CONNECTION_ERRORS[code];
    super(message);
    this.name = code === "ECONNRESET" || code === "ETIMEDOUT" ? "TimeoutError" : "Error";
    this.code = code;
    this.syscall = syscall;
  }
}

const CONNECTION_ERRORS: Readonly<Record<ConnectionErrorCode, { syscall: string; message: string }>> = {
  ECONNRESET: { syscall: "read", message: "read ECONNRESET" },
  ETIMEDOUT: { syscall: "read", message: "read ETIMEDOUT" },
  ECONNREFUSED: { syscall: "connect", message: "connect ECONNREFUSED 192.0.2.1:443" },
  ENOTFOUND: { syscall: "getaddrinfo", message: "getaddrinfo ENOTFOUND service.invalid" },
  EAI_AGAIN: { syscall: "getaddrinfo", message: "getaddrinfo EAI_AGAIN service.invalid" },
};

/** The answer that nobody from the service wrote; thrown to whoever puts answers on the wire. */
export class ForeignAnswer extends Error {
  readonly code: string;
  readonly response: WireResponse;

  constructor({ status, contentType, body = "" }: ForeignFault["answer"]) {
    super(`HTTP ${status}, as ordered`);
    this.code = `HTTP ${status}`;
    this.response = { status, headers: contentType === undefined ? {} : { "content-type": contentType }, body };
  }
}

/** What a fault throws where the operation would have answered. */
export function errorOf(fault: Fault): AwsError | ForeignAnswer | ConnectionError {
  if ("connection" in fault) return new ConnectionError(fault.connection);
  if ("answer" in fault) return new ForeignAnswer(fault.answer);
  return new AwsError(fault.code, fault.message ?? `${fault.code}, as ordered`, { status: fault.status ?? 400 });
}
