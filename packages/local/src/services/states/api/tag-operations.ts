import { AwsError } from "../../../aws-error.ts";
import type { Operation } from "../../../service.ts";
import type { StatesContext } from "../states-context.ts";
import { type Input, requiredString } from "./check-input.ts";

const MOST_TAGS = 50;

export function tagOperations({ catalog }: StatesContext): Record<string, Operation> {
  const find = (input: Input): string => {
    const arn = requiredString(input, "resourceArn");
    if (!catalog.stateMachines.has(arn) && !catalog.activities.has(arn)) {
      throw new AwsError("ResourceNotFound", `Resource not found: '${arn}'`, { resourceName: arn });
    }
    return arn;
  };
  return {
    TagResource(input: Input) {
      const arn = find(input);
      const tags = { ...catalog.tagsOf(arn), ...readTags(input.tags) };
      if (Object.keys(tags).length > MOST_TAGS) {
        throw new AwsError("TooManyTags", `Too many tags: '${arn}' may have ${MOST_TAGS}`, { resourceName: arn });
      }
      catalog.change({ kind: "tags", arn, tags });
      return {};
    },
    UntagResource(input: Input) {
      const arn = find(input);
      const keys = Array.isArray(input.tagKeys) ? input.tagKeys : [];
      const tags = Object.fromEntries(Object.entries(catalog.tagsOf(arn)).filter(([key]) => !keys.includes(key)));
      catalog.change({ kind: "tags", arn, tags });
      return {};
    },
    ListTagsForResource(input: Input) {
      return { tags: Object.entries(catalog.tagsOf(find(input))).map(([key, value]) => ({ key, value })) };
    },
  };
}

export function readTags(tags: unknown): Readonly<Record<string, string>> {
  if (tags === undefined || tags === null) return {};
  if (!Array.isArray(tags))
    throw new AwsError("ValidationException", "Value at 'tags' failed to satisfy constraint: Member must be a list");
  const read: Record<string, string> = {};
  for (const tag of tags as { key?: unknown; value?: unknown }[]) {
    if (
      typeof tag?.key !== "string" ||
      tag.key.length > 128 ||
      (tag.value !== undefined && typeof tag.value !== "string")
    ) {
      throw new AwsError(
        "ValidationException",
        `Value '${JSON.stringify(tag)}' at 'tags' failed to satisfy constraint: Member must have a key of at most 128 characters and a value`,
      );
    }
    read[tag.key] = tag.value ?? "";
  }
  return read;
}
