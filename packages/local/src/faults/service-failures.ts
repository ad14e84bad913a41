import type { ServiceFault } from "../fault.ts";
import type { FaultyService } from "./fault-kinds.ts";

interface ServiceFailures {
  readonly throttled: ServiceFault;
  readonly failed: ServiceFault;
}

const RATE_EXCEEDED = { code: "ThrottlingException", message: "Rate exceeded", status: 400 };
const INTERNAL_FAILURE = {
  code: "InternalFailure",
  message: "The request processing has failed because of an unknown error, exception or failure.",
  status: 500,
};
const QUERY_THROTTLED = { code: "Throttling", message: "Rate exceeded", status: 400 };
const COMMON = { throttled: RATE_EXCEEDED, failed: INTERNAL_FAILURE };

/**
 * What each service calls too many calls, and a failure of its own.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html
 * @see https://docs.aws.amazon.com/step-functions/latest/apireference/CommonErrors.html
 * @see https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
 */
export const SERVICE_FAILURES: Readonly<Record<FaultyService, ServiceFailures>> = {
  cloudfront: { ...COMMON, throttled: QUERY_THROTTLED },
  ec2: {
    throttled: { code: "RequestLimitExceeded", message: "Request limit exceeded.", status: 503 },
    failed: { code: "InternalError", message: "An internal error has occurred", status: 500 },
  },
  events: COMMON,
  lambda: {
    throttled: { code: "TooManyRequestsException", message: "Rate Exceeded.", status: 429 },
    failed: { code: "ServiceException", message: "The Lambda service encountered an internal error.", status: 500 },
  },
  logs: {
    throttled: RATE_EXCEEDED,
    failed: { code: "ServiceUnavailableException", message: "The service cannot complete the request.", status: 500 },
  },
  monitoring: {
    throttled: QUERY_THROTTLED,
    failed: { code: "InternalServiceError", message: "Request processing has failed.", status: 500 },
  },
  s3: {
    throttled: { code: "SlowDown", message: "Please reduce your request rate.", status: 503 },
    failed: { code: "InternalError", message: "We encountered an internal error. Please try again.", status: 500 },
  },
  servicequotas: {
    throttled: { code: "TooManyRequestsException", message: "Rate exceeded", status: 400 },
    failed: { code: "ServiceException", message: "Something went wrong.", status: 500 },
  },
  ssm: {
    throttled: RATE_EXCEEDED,
    failed: { code: "InternalServerError", message: "An error occurred on the server side.", status: 500 },
  },
  states: COMMON,
  sts: { ...COMMON, throttled: QUERY_THROTTLED },
};

/** @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html */
export const CONDITIONAL_CONFLICT: ServiceFault = {
  code: "ConditionalRequestConflict",
  message: "The conditional request cannot succeed due to a conflicting operation against this resource.",
  status: 409,
};
