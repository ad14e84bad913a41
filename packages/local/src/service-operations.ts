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
}
