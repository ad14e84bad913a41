// As s3-client.ts.
export { EC2Client } from "@aws-sdk/client-ec2";
