import * as z from "zod";

const list = z.union([z.string(), z.array(z.string())]).transform((value) => [value].flat());
const PolicyStatement = z.object({
  Effect: z.string(),
  Principal: z.union([z.string(), z.record(z.string(), list)]).optional(),
  NotPrincipal: z.unknown().optional(),
  Action: list.optional(),
  NotAction: list.optional(),
  Resource: list.optional(),
  NotResource: list.optional(),
  Condition: z.unknown().optional(),
});
type PolicyStatement = z.output<typeof PolicyStatement>;
const Policy = z.object({
  Statement: z.union([PolicyStatement, z.array(PolicyStatement)]).transform((value) => [value].flat()),
});

/** More of one policy's lines than this would bury the rest of a summary. */
const MOST_LINES = 25;

/**
 * What becomes of a policy, a line for each action of each principal: added, removed, or with other resources or conditions. Resources and conditions are
 * compared, not shown, except that an action on every resource is called that.
 * @param before the policy's JSON, undefined where there was none
 * @param complete false where `after` still has references in place of what they stand for: then only actions and principals are compared
 */
export function policyChanges(before: string | undefined, after: string, { complete = true } = {}): string[] {
  const [old, next] = [grants(before), grants(after)];
  if (old === undefined || next === undefined) return ["a policy that is no JSON of IAM's: look at the plan itself"];
  const lines = [...new Set([...next.keys(), ...old.keys()])].sort().flatMap((grant) => {
    const [was, is] = [old.get(grant), next.get(grant)];
    if (is === undefined) return [`removed: ${grant}`];
    if (was === undefined) return [`added: ${grant}${is.everywhere ? " **on every resource**" : ""}`];
    if (!complete) return [];
    const parts = [
      ...(was.resources === is.resources ? [] : [is.everywhere ? "**now on every resource**" : "other resources"]),
      ...(was.conditions === is.conditions ? [] : ["other conditions"]),
    ];
    return parts.length === 0 ? [] : [`changed: ${grant}: ${parts.join(", ")}`];
  });
  const more = lines.length - MOST_LINES;
  return more > 1 ? [...lines.slice(0, MOST_LINES), `… and ${more} more: see the plan itself`] : lines;
}

interface Grant {
  readonly resources: string;
  readonly conditions: string;
  readonly everywhere: boolean;
}

/** What a policy says about each effect, action and principal. */
function grants(policy: string | undefined): Map<string, Grant> | undefined {
  if (policy === undefined) return new Map();
  const parsed = Policy.safeParse(json(policy));
  if (!parsed.success) return undefined;
  const statements = new Map<string, PolicyStatement[]>();
  for (const statement of parsed.data.Statement)
    for (const grant of grantsOf(statement)) statements.set(grant, [...(statements.get(grant) ?? []), statement]);
  return new Map(
    [...statements].map(([grant, all]) => {
      const sorted = (texts: readonly string[]) => JSON.stringify([...texts].sort());
      const resources = all.map(({ Resource, NotResource }) => JSON.stringify([Resource, NotResource]));
      const conditions = all.map(({ Condition }) => JSON.stringify(Condition ?? null));
      const everywhere = all.some(isEverywhere);
      return [grant, { resources: sorted(resources), conditions: sorted(conditions), everywhere }];
    }),
  );
}

/** In a policy of a resource, `*` is that resource. */
const isEverywhere = ({ Effect, Principal, NotPrincipal, Resource }: PolicyStatement): boolean =>
  Effect === "Allow" && Principal === undefined && NotPrincipal === undefined && Resource?.includes("*") === true;

function grantsOf({ Effect, Action = [], NotAction = [], Principal, NotPrincipal }: PolicyStatement): string[] {
  const principals = typeof Principal === "string" ? [Principal] : Object.values(Principal ?? {}).flat();
  const who = [
    ...(principals.length > 0 ? [` to ${principals.map((name) => `\`${name}\``).join(", ")}`] : []),
    ...(NotPrincipal === undefined ? [] : [" to all but some"]),
  ].join("");
  return [
    ...Action.map((action) => `${Effect} \`${action}\`${who}`),
    ...NotAction.map((action) => `${Effect} everything but \`${action}\`${who}`),
  ];
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
