import { InvalidConfigurationError } from "@muster/pipeline";
import { stageProblems } from "./stage-problems.ts";
import { type Stage, type StageDefinition, StageSettings } from "./stage-settings.ts";

/** Settings that go together, too. */
const ConsistentSettings = StageSettings.superRefine((settings, context) => {
  for (const { path, message } of stageProblems(settings)) context.addIssue({ code: "custom", path, message });
});

/** The whole of a role's or function's name has 64 characters; more than this would leave little of them. ECR takes no two dashes in a row. */
const STAGE_NAME = /^(?=.{1,30}$)[a-z][a-z0-9]*(-[a-z0-9]+)*$/;

/**
 * The stages that can be deployed, each checked.
 * @throws InvalidConfigurationError with one line that names the first thing that cannot be, and how many more there are
 */
export function defineStages(definitions: Readonly<Record<string, StageDefinition>>): Stage[] {
  const problems: string[] = [];
  const stages = Object.entries(definitions).flatMap(([name, definition]) => {
    if (!STAGE_NAME.test(name) || name === "local")
      problems.push(
        `"${name}" cannot be a stage's name: up to 30 lower-case letters, digits and single dashes between them, and not "local"`,
      );
    const parsed = ConsistentSettings.safeParse(definition);
    if (parsed.success) return [{ ...parsed.data, name }];
    problems.push(...parsed.error.issues.map(({ path, message }) => `${[name, ...path].join(".")}: ${message}`));
    return [];
  });
  problems.push(...overlappingNames(stages));
  const [first, ...more] = problems;
  if (first === undefined) return stages;
  throw new InvalidConfigurationError(
    `${first}${more.length > 0 ? ` (and ${more.length} more: ${more.join("; ")})` : ""}`,
    {
      hint: "correct stages.ts",
    },
  );
}

/**
 * What a deployment's role knows its stage by is what names begin with. Tags tell most of one stage from another's, but buckets, CloudFront's functions and
 * secrets that are yet to be made have names alone.
 */
function overlappingNames(stages: readonly Stage[]): string[] {
  const bounded = stages.filter(({ permissionsBoundary }) => permissionsBoundary !== undefined);
  return bounded.flatMap(({ name, account }) =>
    bounded
      .filter((other) => other.account === account && name.startsWith(`${other.name}-`))
      .map(
        (other) =>
          `${name}: in one account no stage's name begins with another's and a dash, like that of ${other.name}`,
      ),
  );
}

/** @throws InvalidConfigurationError naming the stages that there are */
export function stageNamed(stages: readonly Stage[], name: string): Stage {
  const found = stages.find((stage) => stage.name === name);
  if (found) return found;
  throw new InvalidConfigurationError(`there is no stage "${name}"`, {
    hint: `stages.ts has ${stages.map((stage) => stage.name).join(", ") || "none"}`,
  });
}
