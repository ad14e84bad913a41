import { AwsError } from "../../../aws-error.ts";
import type { Operation } from "../../../service.ts";
import type { StatesContext } from "../states-context.ts";

interface Tagged {
  readonly resourceArn: string;
}

export interface Tag {
  readonly key?: string;
  readonly value?: string;
}

const MOST_TAGS = 50;

export function tagOperations({ catalog }: StatesContext): Record<string, Operation> {
  const find = ({ resourceArn: arn }: Tagged): string => {
    if (!catalog.stateMachines.has(arn) && !catalog.activities.has(arn)) {
      throw new AwsError("ResourceNotFound", `Resource not found: '${arn}'`, { resourceName: arn });
    }
    return arn;
  };
  return {
    TagResource(input: Tagged & { readonly tags: readonly Tag[] }) {
      const arn = find(input);
      const tags = { ...catalog.tagsOf(arn), ...readTags(input.tags) };
      if (Object.keys(tags).length > MOST_TAGS) {
        throw new AwsError("TooManyTags", `Too many tags: '${arn}' may have ${MOST_TAGS}`, { resourceName: arn });
      }
      catalog.change({ kind: "tags", arn, tags });
      return {};
    },
    UntagResource(input: Tagged & { readonly tagKeys: readonly string[] }) {
      const arn = find(input);
      const tags = Object.fromEntries(
        Object.entries(catalog.tagsOf(arn)).filter(([key]) => !input.tagKeys.includes(key)),
      );
      catalog.change({ kind: "tags", arn, tags });
      return {};
    },
    ListTagsForResource(input: Tagged) {
      return { tags: Object.entries(catalog.tagsOf(find(input))).map(([key, value]) => ({ key, value })) };
    },
  };
}

export function readTags(tags: readonly Tag[] = []): Readonly<Record<string, string>> {
  const read: Record<string, string> = {};
  for (const tag of tags) {
    if (tag.key === undefined || tag.key.length > 128) {
      throw new AwsError(
        "ValidationException",
        `Value '${JSON.stringify(tag)}' at 'tags' failed to satisfy constraint: Member must have a key of at most 128 characters and a value`,
      );
    }
    read[tag.key] = tag.value ?? "";
  }
  return read;
}
