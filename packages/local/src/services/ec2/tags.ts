import { AwsError } from "../../aws-error.ts";
import type { TagSpecification } from "./launch-specification.ts";

export type Tags = Readonly<Record<string, string>>;

/** @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_Tags.html#tag-restrictions */
const MOST_TAGS = 50;
const LONGEST_KEY = 128;
const LONGEST_VALUE = 256;

/** The tags that a request gives to resources of one type from birth. */
export function tagsFor(resourceType: string, specifications: readonly TagSpecification[] = []): Tags {
  // Those of other resources, which are not there, are kept to the same rules.
  for (const { Tag = [] } of specifications) checkTags({}, Tag);
  const tags = specifications
    .filter((specification) => specification.ResourceType === resourceType)
    .flatMap((specification) => specification.Tag ?? []);
  return checkTags({}, tags);
}

/** Whether AWS alone gives and takes the tag. */
export const isReserved = (key: string): boolean => key.toLowerCase().startsWith("aws:");

/** Refuses keys that are AWS's. */
export function checkReserved(key: string): void {
  if (isReserved(key)) throw invalid("Tag keys starting with 'aws:' are reserved for internal use");
}

/** `current` with `added`, within EC2's limits, which do not count AWS's own. */
export function checkTags(current: Tags, added: readonly { readonly Key?: string; readonly Value?: string }[]): Tags {
  const tags: Record<string, string> = { ...current };
  for (const { Key = "", Value = "" } of added) {
    if (Key === "" || Key.length > LONGEST_KEY)
      throw invalid(`Tag key '${Key}' must have 1 to ${LONGEST_KEY} characters`);
    checkReserved(Key);
    if (Value.length > LONGEST_VALUE)
      throw invalid(`Tag value exceeds the maximum length of ${LONGEST_VALUE} characters`);
    tags[Key] = Value;
  }
  if (Object.keys(tags).filter((key) => !isReserved(key)).length > MOST_TAGS) {
    throw new AwsError("TagLimitExceeded", `Tag limit of ${MOST_TAGS} exceeded`);
  }
  return tags;
}

function invalid(message: string): AwsError {
  return new AwsError("InvalidParameterValue", message);
}
