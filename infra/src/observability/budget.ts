import { BudgetsBudget } from "@cdktf/provider-aws/lib/budgets-budget/index.js";
import { WorkerTag } from "@muster/records";
import type { StageScope } from "../stage-scope.ts";
import type { Stage } from "../stage-settings.ts";

/** Mails when a month costs too much, or is about to. It counts what bears the stage's tag, once billing knows `muster:stage` as a cost allocation tag. */
export function createBudget(
  { stack, stage, names }: StageScope,
  { monthlyUsd, emails }: NonNullable<Stage["budget"]>,
): void {
  const notify = (notificationType: "ACTUAL" | "FORECASTED") => ({
    notificationType,
    comparisonOperator: "GREATER_THAN",
    threshold: 100,
    thresholdType: "PERCENTAGE",
    subscriberEmailAddresses: emails,
  });
  new BudgetsBudget(stack, "budget", {
    name: names.of("Budget", 100),
    budgetType: "COST",
    timeUnit: "MONTHLY",
    limitAmount: monthlyUsd.toFixed(2),
    limitUnit: "USD",
    costFilter: [{ name: "TagKeyValue", values: [`user:${WorkerTag.stage}$${stage.name}`] }],
    notification: [notify("ACTUAL"), notify("FORECASTED")],
  });
}
