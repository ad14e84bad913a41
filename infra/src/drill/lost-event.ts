import {
  DisableRuleCommand,
  EnableRuleCommand,
  type EventBridgeClient,
  ListRulesCommand,
  ListTargetsByRuleCommand,
  type Rule,
} from "@aws-sdk/client-eventbridge";
import type { Drill } from "./drill.ts";

/** What tells Repair that a machine has stopped. */
const MACHINE_EVENT = "EC2 Instance State-change Notification";

/** The rules by which this stage hears of its machines, and that are on. */
export async function machineRules({ clients: { events }, description }: Drill): Promise<string[]> {
  const repair = description.functions.Repair ?? "";
  const found: string[] = [];
  for (const { Name = "", EventPattern = "", State } of await allRules(events)) {
    if (State !== "ENABLED" || !EventPattern.includes(MACHINE_EVENT)) continue;
    const { Targets = [] } = await events.send(new ListTargetsByRuleCommand({ Rule: Name }));
    if (Targets.some(({ Arn = "" }) => Arn.includes(repair))) found.push(Name);
  }
  return found;
}

async function allRules(events: EventBridgeClient): Promise<Rule[]> {
  const rules: Rule[] = [];
  let NextToken: string | undefined;
  do {
    const page = await events.send(new ListRulesCommand({ NextToken }));
    rules.push(...(page.Rules ?? []));
    NextToken = page.NextToken;
  } while (NextToken !== undefined);
  return rules;
}

/** Does something while rules are off; they are on again whatever becomes of it. */
export async function withoutRules<T>(
  { clients: { events } }: Drill,
  names: readonly string[],
  work: () => Promise<T>,
): Promise<T> {
  try {
    for (const Name of names) await events.send(new DisableRuleCommand({ Name }));
    return await work();
  } finally {
    for (const Name of names) await events.send(new EnableRuleCommand({ Name }));
  }
}
