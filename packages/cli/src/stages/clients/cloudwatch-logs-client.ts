// As s3-client.ts.
export { CloudWatchLogsClient } from "@aws-sdk/client-cloudwatch-logs";
