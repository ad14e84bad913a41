import { type IgnoredMember, ignoredMembers, refusedMembers } from "./protocol/member-rules.ts";
import type { ServiceApi } from "./service-api.ts";

/** What a service answers and what it refuses, for people: the tables in this package's README are made of these. */
export interface ServiceOperations {
  /** As in the README's other tables. */
  readonly service: string;
  readonly operations: readonly KnownOperation[];
}

export interface KnownOperation {
  readonly operation: string;
  /** False: it is refused by its name. */
  readonly works: boolean;
  /** Members that are refused by name, of an operation that works; as Markdown. */
  readonly refusedMembers: readonly string[];
  /** Members that make no difference. */
  readonly ignoredMembers?: readonly IgnoredMember[];
}

/** The operations of an API, by the very rules that requests are held against. */
export function operationsOf(service: string, { model, expectations }: ServiceApi): ServiceOperations {
  const operations = [...model.operations].map((operation): KnownOperation => {
    const expectation = expectations.get(operation);
    return {
      operation,
      works: expectation !== undefined,
      refusedMembers: expectation === undefined ? [] : refusedMembers(expectation),
      ignoredMembers: expectation === undefined ? [] : ignoredMembers(expectation),
    };
  });
  return { service, operations };
}
