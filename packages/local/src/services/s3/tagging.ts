import { AwsError } from "../../aws-error.ts";
import type { XmlElement } from "../../protocol/read-xml.ts";
import { childrenOf, malformedXml, textOf } from "../../protocol/xml.ts";
import { mustFindVersion, shownVersion } from "./find-version.ts";
import { mustReadElements } from "./read-elements.ts";
import type { S3Context } from "./s3-context.ts";
import type { S3Input, S3Output } from "./s3-protocol.ts";

export type Tags = Readonly<Record<string, string>>;

/** How many tags S3 allows. @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-tagging.html */
const MOST_TAGS = { object: 10, bucket: 50 } as const;
/** UTF-16 units, as JavaScript counts too. */
const LONGEST_KEY = 128;
const LONGEST_VALUE = 256;

export function taggingOperations({ files }: S3Context) {
  const retag = (input: S3Input, tags: Tags, status: number): S3Output => {
    const object = mustFindVersion(files, input);
    files.redescribe(input.Bucket, input.Key, { ...object, tags });
    return { status, ...shownVersion(files, input.Bucket, object.versionId) };
  };
  return {
    GetObjectTagging(input: S3Input): S3Output {
      const { tags, versionId } = mustFindVersion(files, input);
      return { ...shownVersion(files, input.Bucket, versionId), xml: { root: "Tagging", content: renderTags(tags) } };
    },
    async PutObjectTagging(input: S3Input): Promise<S3Output> {
      mustFindVersion(files, input);
      return retag(input, parseTags(await mustReadElements(input), "object"), 200);
    },
    DeleteObjectTagging: (input: S3Input): S3Output => retag(input, {}, 204),
  };
}

/** The form in which an object's tags travel in a header: `a=1&b=2`. */
export function parseTagHeader(header: unknown): Tags {
  if (typeof header !== "string") return {};
  return checkTags([...new URLSearchParams(header)], "object");
}

/** Tags in a document that holds a `TagSet`. */
export function parseTags(tagging: XmlElement, of: keyof typeof MOST_TAGS): Tags {
  const [set] = childrenOf(tagging, "TagSet");
  if (set === undefined) throw malformedXml();
  return parseTagSet(set, of);
}

export function parseTagSet(set: XmlElement, of: keyof typeof MOST_TAGS): Tags {
  const tags = childrenOf(set, "Tag").map((tag): [string, string] => {
    const [key, value] = [textOf(tag, "Key"), textOf(tag, "Value")];
    if (key === undefined || value === undefined) throw malformedXml();
    return [key, value];
  });
  return checkTags(tags, of);
}

export function renderTags(tags: Tags): unknown {
  return { TagSet: { Tag: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })) } };
}

function checkTags(tags: readonly (readonly [string, string])[], of: keyof typeof MOST_TAGS): Tags {
  if (tags.length > MOST_TAGS[of]) throw invalidTag(`${of} tags cannot be greater than ${MOST_TAGS[of]}`);
  for (const [key, value] of tags) {
    if (key === "" || key.length > LONGEST_KEY) {
      throw invalidTag("The TagKey you have provided is invalid", { TagKey: key });
    }
    if (value.length > LONGEST_VALUE) {
      throw invalidTag("The TagValue you have provided is invalid", { TagKey: key, TagValue: value });
    }
    if (/^aws:/i.test(key)) throw invalidTag("System tags cannot be added/updated by requester", { TagKey: key });
  }
  const byKey = Object.fromEntries(tags);
  if (Object.keys(byKey).length < tags.length) throw invalidTag("Cannot provide multiple Tags with the same key");
  return byKey;
}

function invalidTag(message: string, fields: Readonly<Record<string, string>> = {}): AwsError {
  return new AwsError("InvalidTag", message, fields);
}
