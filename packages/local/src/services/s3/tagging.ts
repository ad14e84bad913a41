import { AwsError } from "../../aws-error.ts";
import { childrenOf, parseXml, textOf } from "../../protocol/xml.ts";
import { noSuchKey } from "./no-such-key.ts";
import { readDocument } from "./read-body.ts";
import type { S3Context } from "./s3-context.ts";
import type { S3Input, S3Output } from "./s3-protocol.ts";

type Tags = Readonly<Record<string, string>>;

/** An object's tags; S3 allows ten. */
const MOST_TAGS = 10;

export function taggingOperations({ files }: S3Context) {
  const mustFind = ({ Bucket, Key }: S3Input) => files.find(Bucket, Key) ?? noSuchKey(files, Bucket, Key);
  const retag = (input: S3Input, tags: Tags, status: number): S3Output => {
    const { file: _file, ...description } = mustFind(input);
    files.redescribe(input.Bucket, input.Key, { ...description, tags });
    return { status };
  };
  return {
    GetObjectTagging: (input: S3Input): S3Output => ({
      xml: { root: "Tagging", content: renderTags(mustFind(input).tags) },
    }),
    PutObjectTagging: async (input: S3Input): Promise<S3Output> =>
      retag(input, checkTags(await parseTags(input.Body, input.headers)), 200),
    DeleteObjectTagging: (input: S3Input): S3Output => retag(input, {}, 204),
  };
}

/** The form in which tags travel in a header: `a=1&b=2`. */
export function parseTagHeader(header: unknown): Tags {
  return typeof header === "string" ? checkTags(Object.fromEntries(new URLSearchParams(header))) : {};
}

export async function parseTags(body: AsyncIterable<Uint8Array>, headers: S3Input["headers"]): Promise<Tags> {
  const tagging = parseXml(await readDocument(body, headers), "Tagging");
  const tags = childrenOf(childrenOf(tagging, "TagSet")[0], "Tag");
  return Object.fromEntries(tags.map((tag) => [textOf(tag, "Key") ?? "", textOf(tag, "Value") ?? ""]));
}

export function renderTags(tags: Tags): unknown {
  return { TagSet: { Tag: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })) } };
}

function checkTags(tags: Tags): Tags {
  if (Object.keys(tags).length > MOST_TAGS) {
    throw new AwsError("BadRequest", `Object tags cannot be greater than ${MOST_TAGS}`);
  }
  return tags;
}
