import { gunzipSync } from "node:zlib";
import { AwsError } from "../../aws-error.ts";

/** Bytes before base64. @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/user-data.html */
const LARGEST_USER_DATA = 16_384;

/** Refuses user data that EC2 would refuse: not base64, or over 16 KB. */
export function checkUserData(base64: string | undefined): void {
  if (base64 === undefined) return;
  const bytes = Buffer.from(base64, "base64");
  if (bytes.toString("base64").replace(/=+$/, "") !== base64.replace(/\s/g, "").replace(/=+$/, "")) {
    throw new AwsError("InvalidUserData.Malformed", "Invalid BASE64 encoding of user data.");
  }
  if (bytes.length > LARGEST_USER_DATA) {
    throw new AwsError("InvalidParameterValue", `User data is limited to ${LARGEST_USER_DATA} bytes`);
  }
}

/** The text that cloud-init reads; it also takes it gzipped. */
export function decodeUserData(base64: string | undefined): string {
  const bytes = Buffer.from(base64 ?? "", "base64");
  return (bytes[0] === 0x1f && bytes[1] === 0x8b ? gunzipSync(bytes) : bytes).toString("utf8");
}
