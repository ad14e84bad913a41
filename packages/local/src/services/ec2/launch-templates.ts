import { AwsError } from "../../aws-error.ts";
import type { Clock } from "../../clock.ts";
import type { Random } from "../../random.ts";
import type { Storage } from "../../storage/storage.ts";
import { openStoredMap } from "../../storage/stored-map.ts";
import type { LaunchSpecification } from "./launch-specification.ts";

export interface LaunchTemplateVersion {
  readonly number: number;
  readonly description?: string;
  readonly createdMs: number;
  readonly specification: LaunchSpecification;
}

export interface LaunchTemplate {
  readonly id: string;
  readonly name: string;
  readonly createdMs: number;
  readonly defaultVersion: number;
  readonly tags: Readonly<Record<string, string>>;
  /** In ascending order; deleted ones leave gaps. */
  readonly versions: readonly LaunchTemplateVersion[];
}

export interface TemplateReference {
  readonly LaunchTemplateId?: string;
  readonly LaunchTemplateName?: string;
}

/** The launch templates of a region. */
export interface LaunchTemplates {
  create(
    name: string,
    specification: LaunchSpecification,
    extra: { tags: LaunchTemplate["tags"]; description?: string },
  ): LaunchTemplate;
  /** Throws `InvalidLaunchTemplateId.NotFound` or `InvalidLaunchTemplateName.NotFoundException`. */
  find(reference: TemplateReference): LaunchTemplate;
  byId(id: string): LaunchTemplate | undefined;
  all(): LaunchTemplate[];
  save(template: LaunchTemplate): void;
  delete(template: LaunchTemplate): void;
}

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateLaunchTemplate.html */
const TEMPLATE_NAME = /^[a-zA-Z0-9().\-/_]{3,128}$/;

export function launchTemplates({
  storage,
  clock,
  random,
}: {
  storage: Storage;
  clock: Clock;
  random: Random;
}): LaunchTemplates {
  const templates = openStoredMap<LaunchTemplate>(storage, "ec2/launch-templates");
  const byName = (name: string) => [...templates.values()].find((template) => template.name === name);
  return {
    create(name, specification, { tags, description }) {
      if (!TEMPLATE_NAME.test(name)) {
        const message = "Launch template name must have 3 to 128 letters, digits and ( ) . - / _";
        throw new AwsError("InvalidLaunchTemplateName.MalformedException", message);
      }
      if (byName(name) !== undefined) {
        throw new AwsError("InvalidLaunchTemplateName.AlreadyExistsException", `Launch template name already in use.`);
      }
      const createdMs = clock.now();
      const version = { number: 1, createdMs, specification, ...(description !== undefined && { description }) };
      const template = { id: `lt-${random.hex(17)}`, name, createdMs, defaultVersion: 1, tags, versions: [version] };
      templates.set(template.id, template);
      return template;
    },
    find({ LaunchTemplateId: id, LaunchTemplateName: name }) {
      if (id !== undefined) {
        const found = templates.get(id);
        if (found !== undefined) return found;
        if (!/^lt-([0-9a-f]{8}|[0-9a-f]{17})$/.test(id))
          throw new AwsError("InvalidLaunchTemplateId.Malformed", `Invalid id: "${id}" (expecting "lt-...")`);
        throw new AwsError(
          "InvalidLaunchTemplateId.NotFound",
          `The specified launch template, with template ID ${id}, does not exist.`,
        );
      }
      if (name === undefined) {
        throw new AwsError(
          "MissingParameter",
          "Either a launch template ID or a launch template name must be specified",
        );
      }
      const found = byName(name);
      if (found !== undefined) return found;
      const message = `The specified launch template, with template name ${name}, does not exist.`;
      throw new AwsError("InvalidLaunchTemplateName.NotFoundException", message);
    },
    byId: (id) => templates.get(id),
    all: () => [...templates.values()],
    save: (template) => templates.set(template.id, template),
    delete: (template) => void templates.delete(template.id),
  };
}

/** The version that a number, `$Latest` or `$Default` (also when none is named) means. */
export function versionOf(template: LaunchTemplate, version = "$Default"): LaunchTemplateVersion {
  const latest = template.versions.at(-1)?.number;
  const number = version === "$Latest" ? latest : version === "$Default" ? template.defaultVersion : Number(version);
  const found = template.versions.find((candidate) => candidate.number === number);
  if (found !== undefined) return found;
  throw new AwsError(
    "InvalidLaunchTemplateId.VersionNotFound",
    `Could not find the specified version ${version} for the launch template with ID ${template.id}.`,
  );
}
