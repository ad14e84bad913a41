import type { Stage } from "./stage-settings.ts";

/** What Lambda leaves to all functions without a reservation. @see https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html */
const UNRESERVED = 100;
/** Lambda's quota for concurrent executions of an account in a region. @see https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const QUOTA = "L-B99A9384";

type Reserving = Pick<Stage, "name" | "account" | "region" | "reservedConcurrency">;

/**
 * What stages that reserve executions for functions need of Lambda, a line for each account and region: where its quota is smaller, as in new accounts, a
 * deployment fails with `Specified ReservedConcurrentExecutions for function decreases account's UnreservedConcurrentExecution below its minimum value`.
 */
export function reservedConcurrencyNeeds(stages: readonly Reserving[]): string[] {
  const places = Map.groupBy(
    stages.filter(({ reservedConcurrency }) => Object.keys(reservedConcurrency).length > 0),
    ({ account, region }) => `${account} in ${region}`,
  );
  return [...places].map(([place, of]) => {
    const reserved = of
      .flatMap(({ reservedConcurrency }) => Object.values(reservedConcurrency))
      .reduce((sum, count) => sum + count, 0);
    const names = of.map(({ name }) => name).join(", ");
    return `${names}: with ${reserved} executions reserved, Lambda's quota ${QUOTA} must be ${reserved + UNRESERVED} or more for ${place}; a new account has less`;
  });
}
