import { AwsError } from "../../aws-error.ts";
import { clientTokens } from "./client-tokens.ts";
import type { Ec2Context } from "./ec2-context.ts";
import { type Filter, select } from "./filters.ts";
import { renderTags } from "./instance.ts";
import type { LaunchSpecification, TagSpecification } from "./launch-specification.ts";
import { TEMPLATE_FILTERS, VERSION_FILTERS } from "./launch-template-filters.ts";
import {
  type LaunchTemplate,
  type LaunchTemplateVersion,
  type TemplateReference,
  versionOf,
} from "./launch-templates.ts";
import { type PageRequest, pageOf } from "./paging.ts";
import { checkTags, tagsFor } from "./tags.ts";
import { checkUserData } from "./user-data.ts";

interface CreateInput {
  readonly LaunchTemplateName: string;
  readonly LaunchTemplateData: LaunchSpecification;
  readonly VersionDescription?: string;
  readonly TagSpecification?: readonly TagSpecification[];
  readonly ClientToken?: string;
}

interface CreateVersionInput extends TemplateReference {
  readonly LaunchTemplateData: LaunchSpecification;
  readonly VersionDescription?: string;
  readonly SourceVersion?: string;
  readonly ClientToken?: string;
}

interface DescribeInput extends PageRequest {
  readonly LaunchTemplateId?: readonly string[];
  readonly LaunchTemplateName?: readonly string[];
  readonly Filter?: readonly Filter[];
}

interface DescribeVersionsInput extends TemplateReference, PageRequest {
  readonly LaunchTemplateVersion?: readonly string[];
  readonly MinVersion?: string;
  readonly MaxVersion?: string;
  readonly Filter?: readonly Filter[];
}

export function launchTemplateOperations({ launchTemplates, storage, clock }: Ec2Context) {
  const tokens = clientTokens<{ id: string; version: number }>({ storage, clock, name: "ec2/launch-template-tokens" });
  const keep = (template: LaunchTemplate): LaunchTemplate => {
    launchTemplates.save(template);
    return template;
  };
  /** Without a template, the latest or the default versions of all. */
  const templatesOf = (input: DescribeVersionsInput): readonly LaunchTemplate[] => {
    const { LaunchTemplateId, LaunchTemplateName, LaunchTemplateVersion = [] } = input;
    const isOfAll =
      LaunchTemplateVersion.length > 0 && LaunchTemplateVersion.every((version) => version.startsWith("$"));
    if (LaunchTemplateId === undefined && LaunchTemplateName === undefined && isOfAll) return launchTemplates.all();
    return [launchTemplates.find(input)];
  };

  return {
    CreateLaunchTemplate(input: CreateInput) {
      const { id } = tokens.once(input.ClientToken, input, () => {
        const specification = checkSpecification(input.LaunchTemplateData);
        const tags = tagsFor("launch-template", input.TagSpecification);
        const description = input.VersionDescription;
        const created = launchTemplates.create(input.LaunchTemplateName, specification, {
          tags,
          ...(description !== undefined && { description }),
        });
        return { id: created.id, version: 1 };
      });
      return { launchTemplate: renderTemplate(launchTemplates.find({ LaunchTemplateId: id })) };
    },

    CreateLaunchTemplateVersion(input: CreateVersionInput) {
      const made = tokens.once(input.ClientToken, input, () => {
        const template = launchTemplates.find(input);
        const source = input.SourceVersion === undefined ? {} : versionOf(template, input.SourceVersion).specification;
        const number = (template.versions.at(-1)?.number ?? 0) + 1;
        const version = {
          number,
          createdMs: clock.now(),
          specification: { ...source, ...checkSpecification(input.LaunchTemplateData) },
          ...(input.VersionDescription !== undefined && { description: input.VersionDescription }),
        };
        keep({ ...template, versions: [...template.versions, version] });
        return { id: template.id, version: number };
      });
      const template = launchTemplates.find({ LaunchTemplateId: made.id });
      return { launchTemplateVersion: renderVersion(template, versionOf(template, String(made.version))) };
    },

    ModifyLaunchTemplate(input: TemplateReference & { SetDefaultVersion?: string; DefaultVersion?: string }) {
      const template = launchTemplates.find(input);
      const { number } = versionOf(template, input.SetDefaultVersion ?? input.DefaultVersion);
      return { launchTemplate: renderTemplate(keep({ ...template, defaultVersion: number })) };
    },

    DeleteLaunchTemplate(input: TemplateReference) {
      const template = launchTemplates.find(input);
      launchTemplates.delete(template);
      return { launchTemplate: renderTemplate(template) };
    },

    DeleteLaunchTemplateVersions(input: TemplateReference & { LaunchTemplateVersion?: readonly string[] }) {
      const template = launchTemplates.find(input);
      const deleted = (input.LaunchTemplateVersion ?? []).map((version) => versionOf(template, version).number);
      if (deleted.includes(template.defaultVersion)) {
        throw new AwsError("OperationNotPermitted", "The default version of a launch template cannot be deleted");
      }
      keep({ ...template, versions: template.versions.filter(({ number }) => !deleted.includes(number)) });
      const { id: launchTemplateId, name: launchTemplateName } = template;
      return {
        successfullyDeletedLaunchTemplateVersionSet: deleted.map((versionNumber) => ({
          launchTemplateId,
          launchTemplateName,
          versionNumber,
        })),
        unsuccessfullyDeletedLaunchTemplateVersionSet: [],
      };
    },

    DescribeLaunchTemplates(input: DescribeInput) {
      const named = [
        ...(input.LaunchTemplateId ?? []).map((id) => launchTemplates.find({ LaunchTemplateId: id })),
        ...(input.LaunchTemplateName ?? []).map((name) => launchTemplates.find({ LaunchTemplateName: name })),
      ];
      const found = select(named.length > 0 ? named : launchTemplates.all(), input.Filter, TEMPLATE_FILTERS);
      const { page, nextToken } = pageOf(found, input, { least: 1, most: 200 });
      return { launchTemplates: page.map(renderTemplate), nextToken };
    },

    DescribeLaunchTemplateVersions(input: DescribeVersionsInput) {
      const versions = templatesOf(input).flatMap((template) =>
        versionsOf(template, input).map((version) => ({ template, version })),
      );
      const { page, nextToken } = pageOf(select(versions, input.Filter, VERSION_FILTERS), input, {
        least: 1,
        most: 200,
      });
      return {
        launchTemplateVersionSet: page.map(({ template, version }) => renderVersion(template, version)),
        nextToken,
      };
    },
  };
}

/** Those that are asked for, or all, the latest first. */
function versionsOf(
  template: LaunchTemplate,
  { LaunchTemplateVersion, MinVersion, MaxVersion }: DescribeVersionsInput,
): readonly LaunchTemplateVersion[] {
  if (LaunchTemplateVersion !== undefined) return LaunchTemplateVersion.map((version) => versionOf(template, version));
  const from = Number(MinVersion ?? 0);
  const to = Number(MaxVersion ?? Number.POSITIVE_INFINITY);
  return template.versions.filter(({ number }) => number >= from && number <= to).toReversed();
}

function checkSpecification(specification: LaunchSpecification): LaunchSpecification {
  checkUserData(specification.UserData);
  for (const { Tag = [] } of specification.TagSpecification ?? []) checkTags({}, Tag);
  return specification;
}

function renderTemplate(template: LaunchTemplate): Record<string, unknown> {
  return {
    launchTemplateId: template.id,
    launchTemplateName: template.name,
    createTime: new Date(template.createdMs),
    createdBy: "arn:aws:iam::000000000000:root",
    defaultVersionNumber: template.defaultVersion,
    latestVersionNumber: template.versions.at(-1)?.number,
    tagSet: renderTags(template.tags),
  };
}

function renderVersion(template: LaunchTemplate, version: LaunchTemplateVersion): Record<string, unknown> {
  return {
    launchTemplateId: template.id,
    launchTemplateName: template.name,
    versionNumber: version.number,
    versionDescription: version.description,
    createTime: new Date(version.createdMs),
    createdBy: "arn:aws:iam::000000000000:root",
    defaultVersion: version.number === template.defaultVersion,
    launchTemplateData: asAnswered(version.specification),
  };
}

/** Requests spell members `TagSpecification.1.Tag.1.Key`, answers `tagSpecificationSet/item/tagSet/item/key`. */
function asAnswered(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(asAnswered);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => {
      const spelled = name.charAt(0).toLowerCase() + name.slice(1);
      return [Array.isArray(member) ? `${spelled}Set` : spelled, asAnswered(member)];
    }),
  );
}
