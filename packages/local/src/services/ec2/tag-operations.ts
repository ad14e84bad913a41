import { AwsError } from "../../aws-error.ts";
import type { Ec2Context } from "./ec2-context.ts";
import { type Filter, passesFilters } from "./filters.ts";
import { findInstances, isKnown } from "./find-instances.ts";
import { missingParameter } from "./missing-parameter.ts";
import { type PageRequest, pageOf } from "./paging.ts";
import { checkTags, type Tags } from "./tags.ts";

interface TagInput {
  readonly ResourceId?: readonly string[];
  readonly Tag?: readonly { readonly Key?: string; readonly Value?: string }[];
}

interface DescribeTagsInput extends PageRequest {
  readonly Filter?: readonly Filter[];
}

interface Tagged {
  readonly tags: Tags;
  save(tags: Tags): void;
}

export function tagOperations(context: Ec2Context) {
  const { lifecycle, launchTemplates } = context;
  const resource = (resourceId: string): Tagged => {
    if (resourceId.startsWith("lt-")) {
      const template = launchTemplates.find({ LaunchTemplateId: resourceId });
      return { tags: template.tags, save: (tags) => launchTemplates.save({ ...template, tags }) };
    }
    const [instance] = resourceId.startsWith("i-") ? findInstances(context, [resourceId]) : [];
    if (instance === undefined) throw new AwsError("InvalidID", `The ID '${resourceId}' is not valid`);
    return { tags: instance.tags, save: (tags) => lifecycle.retag(resourceId, tags) };
  };
  const retag = ({ ResourceId }: TagInput, change: (tags: Tags) => Tags) => {
    if (ResourceId === undefined) throw missingParameter("ResourceId");
    const changes = ResourceId.map(resource).map((tagged) => ({ tagged, tags: change(tagged.tags) }));
    for (const { tagged, tags } of changes) tagged.save(tags);
    return { return: true };
  };

  return {
    CreateTags: (input: TagInput) => retag(input, (tags) => checkTags(tags, input.Tag ?? [])),

    /** A tag with a value is only deleted where it has that value; without any tag, all go. */
    DeleteTags: (input: TagInput) =>
      retag(input, (tags) => {
        if (input.Tag === undefined) return {};
        const doomed = ([key, value]: [string, string]) =>
          input.Tag?.some((tag) => tag.Key === key && (tag.Value === undefined || tag.Value === value));
        return Object.fromEntries(Object.entries(tags).filter((tag) => !doomed(tag)));
      }),

    DescribeTags(input: DescribeTagsInput) {
      const resources = [
        ...lifecycle
          .visible()
          .filter((instance) => isKnown(context, instance))
          .map(({ instanceId, tags }) => ({ resourceId: instanceId, resourceType: "instance", tags })),
        ...launchTemplates.all().map(({ id, tags }) => ({ resourceId: id, resourceType: "launch-template", tags })),
      ];
      const tags = resources.flatMap(({ tags, ...of }) =>
        Object.entries(tags).map(([key, value]) => ({ ...of, key, value })),
      );
      const { page, nextToken } = pageOf(
        tags.filter((tag) => passesFilters(input.Filter, (name) => filterValues(tag, name))),
        input,
      );
      return { tagSet: page, nextToken };
    },
  };
}

function filterValues(
  tag: { resourceId: string; resourceType: string; key: string; value: string },
  filterName: string,
): readonly string[] | undefined {
  switch (filterName) {
    case "resource-id":
      return [tag.resourceId];
    case "resource-type":
      return [tag.resourceType];
    case "key":
      return [tag.key];
    case "value":
      return [tag.value];
  }
  if (!filterName.startsWith("tag:")) return undefined;
  return filterName === `tag:${tag.key}` ? [tag.value] : [];
}
