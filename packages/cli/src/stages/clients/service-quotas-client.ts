// As s3-client.ts.
export { ServiceQuotasClient } from "@aws-sdk/client-service-quotas";
