import type { ApiModel, ModelMember } from "./protocol/api-model.ts";
import { checkMembers, type Problem, type Wire } from "./protocol/check-members.ts";
import { type Expectation, expectationOf, type ServiceMembers } from "./protocol/member-rules.ts";
import type { Refusals } from "./protocol/refusals.ts";

/** An API as far as it is here: which operations there are, and what requests for them may hold. */
export interface ServiceApi {
  readonly model: ApiModel;
  /** By the names of the operations that work. */
  readonly expectations: ReadonlyMap<string, Expectation>;
  readonly refusals: Refusals;
  /** Throws the service's own error where a request holds what the operation does not take here. */
  check(operation: string, input: unknown): void;
}

export interface ServiceApiOptions {
  readonly model: ApiModel;
  readonly members: ServiceMembers;
  readonly refusals: Refusals;
  readonly wire: Wire;
}

export function serviceApi({ model, members, refusals, wire }: ServiceApiOptions): ServiceApi {
  const expectations = new Map(
    Object.entries(members).map(([operation, rules]) => [operation, expectationOf({ model, operation, rules })]),
  );
  return {
    model,
    expectations,
    refusals,
    check(operation, input) {
      const expectation = expectations.get(operation);
      if (expectation === undefined) throw refusals.refusedOperation(operation);
      const problem = checkMembers(input, expectation, wire);
      if (problem !== undefined) throw refusals.member(operation, asSent(problem, model.structures.get(operation)));
    },
  };
}

/** Who sends a header or a parameter of an address must find it in the answer. */
function asSent(problem: Problem, members: readonly ModelMember[] = []): Problem {
  const [first, ...rest] = problem.path;
  const at = members.find(({ name }) => name === first)?.at;
  switch (at?.place) {
    case "header":
      return { ...problem, path: [at.wireName, ...rest] };
    case "query":
      return { ...problem, path: [`?${at.wireName}`, ...rest] };
    default:
      return problem;
  }
}
