import { AwsError } from "../../aws-error.ts";

/** How many items a page may have: what is asked for, up to `most`. */
export function pageSizeOf(member: unknown, most: number, argument: string): number {
  return member === undefined ? most : Math.min(countOf(member, argument), most);
}

/** The number behind which a page begins. */
export function positionOf(member: unknown, argument: string): number {
  return member === undefined ? 0 : countOf(member, argument);
}

/** The largest that S3 takes for such a number. */
const LARGEST = 2 ** 31 - 1;

function countOf(member: unknown, argument: string): number {
  const count = Number(member);
  if (/^\d+$/.test(String(member)) && count <= LARGEST) return count;
  throw new AwsError("InvalidArgument", `Provided ${argument} not an integer or within integer range`, {
    ArgumentName: argument,
    ArgumentValue: String(member),
  });
}

export function textMember(member: unknown): string {
  return typeof member === "string" ? member : "";
}

/** Keys may hold characters that XML cannot; clients ask for percent-encoding then. */
export function encoder(EncodingType: unknown): (text: string) => string {
  if (EncodingType === undefined) return (text) => text;
  if (EncodingType !== "url") {
    throw new AwsError("InvalidArgument", "Invalid Encoding Method specified in Request", {
      ArgumentName: "encoding-type",
      ArgumentValue: EncodingType,
    });
  }
  return (text) =>
    encodeURIComponent(text)
      .replaceAll("%2F", "/")
      .replace(/[!'()]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
}

/** Tokens are opaque on AWS too; here they hold the last item. */
export const encodeToken = (last: string): string => Buffer.from(last).toString("base64url");

/** What a token was made of. An empty one counts as none. */
export function decodeToken(token: string): string {
  const last = Buffer.from(token, "base64url").toString("utf8");
  if (encodeToken(last) === token) return last;
  throw new AwsError("InvalidArgument", "The continuation token provided is incorrect", {
    ArgumentName: "continuation-token",
  });
}
