import { createHash } from "node:crypto";
import * as z from "zod";
import { policyChanges } from "./policy-changes.ts";

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
  /** What checks found, each once an instance. */
  checks: z
    .array(
      z.object({
        address: z.object({ to_display: z.string().optional() }),
        status: z.string(),
        instances: z.array(z.object({ problems: z.array(z.object({ message: z.string() })).default([]) })).default([]),
      }),
    )
    .default([]),
  output_changes: z.record(z.string(), z.object({ actions: z.array(z.string()) })).default({}),
});
export type Plan = z.infer<typeof Plan>;
type Change = Plan["resource_changes"][number];

/** GitHub's longest comment, less a margin. */
const LONGEST = 60_000;

/** Whatever holds data, secrets or a name that users know: losing one is not undone by deploying again. */
const PRECIOUS =
  /^aws_(s3_bucket|kms_key|secretsmanager_secret|ecr_repository|cloudfront_distribution|sfn_state_machine)$/;

export interface SummaryOptions {
  readonly stage: string;
  readonly commit: string;
  /** Policies as the stack has them, by resource and attribute, references and all: for what a plan does not know yet. */
  readonly written?: (address: string, attribute: string) => unknown;
}

/**
 * A plan as one comment: what checks warn of, what is destroyed or replaced, then what is created and what changes, by attribute. No value is
 * shown, because a comment is read by more people than the plan is; except of policies, whose actions and principals are what a review is about.
 */
export function summarisePlan(plan: Plan, { stage, commit, written }: SummaryOptions): string {
  const changes = plan.resource_changes.filter(({ change }) => !isNothing(change.actions));
  const kind = (name: ChangeKind) => changes.filter(({ change }) => kindOf(change.actions) === name);
  const replaced = kind("replaced");
  const destroyed = kind("destroyed");
  const created = kind("created");
  const changed = kind("changed");
  const heading = `${HEADING}\`${stage}\` at ${commit.slice(0, 12)}`;
  const outputs = Object.entries(plan.output_changes).filter(([, { actions }]) => !isNothing(actions));
  const outputLine = outputs.length > 0 ? `Outputs change: ${outputs.map(([name]) => `\`${name}\``).join(", ")}` : "";
  const warnings = warningsOf(plan);
  const top = [marker(stage), heading, "", ...warnings.flatMap((line) => [line, ""])];
  if (changes.length === 0) return `${[...top, outputLine || "Nothing changes."].join("\n")}\n`;
  const counts = `**${destroyed.length} destroyed, ${replaced.length} replaced**, ${created.length} created, ${changed.length} changed`;
  const sections = [
    section("Destroyed", destroyed.map(withWarning), { open: true }),
    section(
      "Replaced",
      replaced.flatMap((change) => [replacement(change), ...policyLines(change, written)]),
      { open: true, count: replaced.length },
    ),
    section(
      "Created",
      created.flatMap((change) => [`- \`${change.address}\``, ...policyLines(change, written)]),
      { count: created.length },
    ),
    section(
      "Changed",
      changed.flatMap((change) => [changeLine(change), ...policyLines(change, written)]),
      { open: changed.length <= 30, count: changed.length },
    ),
  ];
  const digest = `<sub>Digest of all values: ${digestOf(changes)}</sub>`;
  return shorten([...top, counts, "", digest, "", ...sections.flat(), outputLine].join("\n"));
}

/** A check does not stop a plan, and Terraform prints it where nobody looks who reads a summary. */
const warningsOf = ({ checks }: Plan): string[] =>
  checks
    .filter(({ status }) => status === "fail" || status === "error")
    .flatMap(({ address, instances }) => {
      const messages = instances.flatMap(({ problems }) => problems.map(({ message }) => message));
      return messages.length > 0 ? messages : [address.to_display ?? "a check failed"];
    })
    .map((message) => `> ⚠️ ${message.replaceAll(/\s+/g, " ")}`);

const HEADING = "### Plan of ";

/** What of a summary two plans of the same changes have in common, whichever commits they were made of. */
export const withoutHeading = (summary: string): string =>
  summary
    .split(/\r?\n/)
    .filter((line) => !line.startsWith(HEADING))
    .join("\n")
    .trim();

/** Tells plans apart that differ in what a summary does not show. */
const digestOf = (changes: readonly Change[]): string =>
  createHash("sha256").update(JSON.stringify(changes)).digest("hex").slice(0, 32);

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

/** Attributes that hold what IAM reads. */
const POLICIES = ["policy", "assume_role_policy"] as const;

function policyLines({ address, type, change }: Change, written: SummaryOptions["written"]): string[] {
  if (type === "aws_ecr_lifecycle_policy") return [];
  const [old, next, unknown] = sidesOf(change);
  return POLICIES.flatMap((attribute) => {
    const was = textOf(old[attribute]);
    if (unknown[attribute] !== true) {
      const is = textOf(next[attribute]);
      return is === undefined ? [] : policyChanges(was, is).map(nested);
    }
    const is = textOf(written?.(address, attribute));
    const later = `\`${attribute}\`: ${is === undefined ? "all of it" : "its resources"} will be known only when it is applied`;
    return [...(is === undefined ? [] : policyChanges(was, is, { complete: false })), later].map(nested);
  });
}

const nested = (line: string): string => `  - ${line}`;
const textOf = (value: unknown): string | undefined => (typeof value === "string" && value !== "" ? value : undefined);

const sidesOf = ({ before, after, after_unknown }: Change["change"]) =>
  [before, after, after_unknown].map((side) => (side ?? {}) as Record<string, unknown>) as [
    Record<string, unknown>,
    Record<string, unknown>,
    Record<string, unknown>,
  ];

/** Top-level attributes that differ, or will be known only afterwards. */
function differingAttributes(change: Change["change"]): string[] {
  const [old, next, unknown] = sidesOf(change);
  return [...new Set([old, next, unknown].flatMap((side) => Object.keys(side)))]
    .filter((name) => unknown[name] === true || JSON.stringify(old[name]) !== JSON.stringify(next[name]))
    .filter((name) => unknown[name] !== false)
    .sort();
}

function section(
  title: string,
  lines: readonly string[],
  { open = false, count = lines.length }: { open?: boolean; count?: number } = {},
): string[] {
  if (lines.length === 0) return [];
  return [`<details${open ? " open" : ""}><summary>${title} (${count})</summary>`, "", ...lines, "", "</details>", ""];
}

function shorten(text: string): string {
  if (text.length <= LONGEST) return `${text}\n`;
  const kept = text.slice(0, text.lastIndexOf("\n", LONGEST));
  return `${kept}\n\n</details>\n\n… and ${text.slice(kept.length).split("\n").length} more lines: see the plan itself.\n`;
}
