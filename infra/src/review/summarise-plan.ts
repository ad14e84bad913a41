import * as z from "zod";

/** What `terraform show -json <plan>` says, as far as a review needs it. @see https://developer.hashicorp.com/terraform/internals/json-format */
export const Plan = z.object({
  resource_changes: z
    .array(
      z.object({
        address: z.string(),
        type: z.string(),
        change: z.object({
          actions: z.array(z.string()),
          before: z.unknown(),
          after: z.unknown(),
          after_unknown: z.unknown().optional(),
          /** Attributes that cannot be changed in place, each a path. */
          replace_paths: z.array(z.array(z.union([z.string(), z.number()]))).optional(),
        }),
      }),
    )
    .default([]),
});
export type Plan = z.infer<typeof Plan>;
type Change = Plan["resource_changes"][number];

/** GitHub's longest comment, less a margin. */
const LONGEST = 60_000;

/** Whatever holds data, secrets or a name that users know: losing one is not undone by deploying again. */
const PRECIOUS =
  /^aws_(s3_bucket|kms_key|secretsmanager_secret|ecr_repository|cloudfront_distribution|sfn_state_machine)$/;

/**
 * A plan as one comment: what is destroyed or replaced first, then what is created and what changes, by attribute. No value is shown: a comment is read
 * by more people than the plan is.
 */
export function summarisePlan(plan: Plan, { stage, commit }: { stage: string; commit: string }): string {
  const changes = plan.resource_changes.filter(({ change }) => !isNothing(change.actions));
  const kind = (name: ChangeKind) => changes.filter(({ change }) => kindOf(change.actions) === name);
  const replaced = kind("replaced");
  const destroyed = kind("destroyed");
  const created = kind("created");
  const changed = kind("changed");
  const heading = `### Plan of \`${stage}\` at ${commit.slice(0, 12)}`;
  if (changes.length === 0) return `${marker(stage)}\n${heading}\n\nNothing changes.\n`;
  const counts = `**${destroyed.length} destroyed, ${replaced.length} replaced**, ${created.length} created, ${changed.length} changed`;
  const sections = [
    section("Destroyed", destroyed.map(withWarning), { open: true }),
    section("Replaced", replaced.map(replacement), { open: true }),
    section(
      "Created",
      created.map(({ address }) => `- \`${address}\``),
    ),
    section("Changed", changed.map(changeLine), { open: changed.length <= 30 }),
  ];
  return shorten([marker(stage), heading, "", counts, "", ...sections.flat()].join("\n"));
}

/** Finds the comment of a stage again. */
export const marker = (stage: string): string => `<!-- muster plan of ${stage} -->`;

type ChangeKind = "destroyed" | "replaced" | "created" | "changed";

const isNothing = (actions: readonly string[]): boolean =>
  actions.every((action) => action === "no-op" || action === "read");

function kindOf(actions: readonly string[]): ChangeKind {
  if (actions.includes("delete")) return actions.includes("create") ? "replaced" : "destroyed";
  return actions.includes("create") ? "created" : "changed";
}

const warning = ({ type }: Change): string =>
  PRECIOUS.test(type) ? " ⚠️ **holds what a deployment does not bring back**" : "";
const withWarning = (change: Change): string => `- \`${change.address}\`${warning(change)}`;

function replacement(change: Change): string {
  const because = (change.change.replace_paths ?? []).map((path) => `\`${path.join(".")}\``);
  return `${withWarning(change)}${because.length > 0 ? `, because of ${because.join(", ")}` : ""}`;
}

function changeLine({ address, change }: Change): string {
  const attributes = differingAttributes(change).map((name) => `\`${name}\``);
  return `- \`${address}\`: ${attributes.join(", ") || "in place"}`;
}

/** Top-level attributes that differ, or will be known only afterwards. */
function differingAttributes({ before, after, after_unknown }: Change["change"]): string[] {
  const [old, next, unknown] = [before, after, after_unknown].map((side) => (side ?? {}) as Record<string, unknown>);
  const names = new Set([...Object.keys(old ?? {}), ...Object.keys(next ?? {}), ...Object.keys(unknown ?? {})]);
  return [...names]
    .filter((name) => unknown?.[name] === true || JSON.stringify(old?.[name]) !== JSON.stringify(next?.[name]))
    .filter((name) => !(unknown?.[name] === false))
    .sort();
}

function section(title: string, lines: readonly string[], { open = false } = {}): string[] {
  if (lines.length === 0) return [];
  return [
    `<details${open ? " open" : ""}><summary>${title} (${lines.length})</summary>`,
    "",
    ...lines,
    "",
    "</details>",
    "",
  ];
}

function shorten(text: string): string {
  if (text.length <= LONGEST) return `${text}\n`;
  const kept = text.slice(0, text.lastIndexOf("\n", LONGEST));
  return `${kept}\n\n</details>\n\n… and ${text.slice(kept.length).split("\n").length} more lines: see the plan itself.\n`;
}
