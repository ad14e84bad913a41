import { AwsError } from "../../aws-error.ts";
import type { Ec2Context } from "./ec2-context.ts";
import { FILTER_NAMES } from "./filter-names.ts";
import { type Filter, type Filterable, select } from "./filters.ts";
import { findInstances, isKnown } from "./find-instances.ts";
import { type PageRequest, pageOf } from "./paging.ts";
import { checkReserved, checkTags, isReserved, type Tags } from "./tags.ts";

interface TagInput {
  readonly ResourceId: readonly string[];
  readonly Tag?: readonly { readonly Key?: string; readonly Value?: string }[];
}

interface DescribeTagsInput extends PageRequest {
  readonly Filter?: readonly Filter[];
}

interface Tagged {
  readonly tags: Tags;
  save(tags: Tags): void;
}

interface DescribedTag {
  readonly resourceId: string;
  readonly resourceType: string;
  readonly key: string;
  readonly value: string;
}

const FILTERS: Filterable<DescribedTag> = {
  names: FILTER_NAMES.DescribeTags,
  tags: ({ key, value }) => ({ [key]: value }),
  values: ({ resourceId, resourceType, key, value }) => ({
    key,
    "resource-id": resourceId,
    "resource-type": resourceType,
    value,
  }),
};

export function tagOperations(context: Ec2Context) {
  const { lifecycle, launchTemplates, keyPairs, securityGroups } = context;
  const resource = (resourceId: string): Tagged => {
    if (resourceId.startsWith("lt-")) {
      const template = launchTemplates.find({ LaunchTemplateId: resourceId });
      return { tags: template.tags, save: (tags) => launchTemplates.save({ ...template, tags }) };
    }
    if (resourceId.startsWith("key-")) {
      const pair = keyPairs.withId(resourceId);
      return { tags: pair.tags, save: (tags) => keyPairs.save({ ...pair, tags }) };
    }
    if (resourceId.startsWith("sg-")) {
      const group = securityGroups.withId(resourceId);
      return { tags: group.tags, save: (tags) => securityGroups.save({ ...group, tags }) };
    }
    const [instance] = resourceId.startsWith("i-") ? findInstances(context, [resourceId]) : [];
    if (instance === undefined) throw new AwsError("InvalidID", `The ID '${resourceId}' is not valid`);
    return { tags: instance.tags, save: (tags) => lifecycle.retag(resourceId, tags) };
  };
  const retag = ({ ResourceId }: TagInput, change: (tags: Tags) => Tags) => {
    const changes = ResourceId.map(resource).map((tagged) => ({ tagged, tags: change(tagged.tags) }));
    for (const { tagged, tags } of changes) tagged.save(tags);
    return { return: true };
  };

  return {
    CreateTags: (input: TagInput) => retag(input, (tags) => checkTags(tags, input.Tag ?? [])),

    /** A tag with a value is only deleted where it has that value; without any tag, all go but AWS's own. */
    DeleteTags: (input: TagInput) =>
      retag(input, (tags) => {
        for (const { Key = "" } of input.Tag ?? []) checkReserved(Key);
        const doomed = ([key, value]: [string, string]) =>
          input.Tag === undefined
            ? !isReserved(key)
            : input.Tag.some((tag) => tag.Key === key && (tag.Value === undefined || tag.Value === value));
        return Object.fromEntries(Object.entries(tags).filter((tag) => !doomed(tag)));
      }),

    DescribeTags(input: DescribeTagsInput) {
      const resources = [
        ...lifecycle
          .visible()
          .filter((instance) => isKnown(context, instance))
          .map(({ instanceId, tags }) => ({ resourceId: instanceId, resourceType: "instance", tags })),
        ...launchTemplates.all().map(({ id, tags }) => ({ resourceId: id, resourceType: "launch-template", tags })),
        ...keyPairs.all().map(({ id, tags }) => ({ resourceId: id, resourceType: "key-pair", tags })),
        ...securityGroups.all().map(({ id, tags }) => ({ resourceId: id, resourceType: "security-group", tags })),
      ];
      const tags = resources.flatMap(({ tags, ...of }) =>
        Object.entries(tags).map(([key, value]) => ({ ...of, key, value })),
      );
      const { page, nextToken } = pageOf(select(tags, input.Filter, FILTERS), input);
      return { tagSet: page, nextToken };
    },
  };
}
