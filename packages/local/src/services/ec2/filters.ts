import { AwsError } from "../../aws-error.ts";
import type { Tags } from "./tags.ts";

export interface Filter {
  readonly Name?: string;
  readonly Value?: readonly string[];
}

/** A value that a filter looks at; dates and numbers as EC2 writes them. */
type FilterValue = string | number | boolean | readonly (string | undefined)[] | undefined;

/** How resources of one kind are filtered. */
export interface Filterable<Resource> {
  /** All names that EC2 documents, `tag:<key>` aside: others are refused. */
  readonly names: readonly string[];
  /** What a resource has for them; a name that is left out selects nothing. */
  values(resource: Resource): Readonly<Record<string, FilterValue>>;
  /** Absent: the operation has no filters of tags. */
  tags?(resource: Resource): Tags;
}

/** @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_Filtering.html */
const MOST_FILTERS = 50;
const MOST_VALUES = 200;
const LONGEST_VALUE = 255;

/**
 * The resources that pass all filters: between filters and, within one or, `*` and `?` as wildcards, cases told apart.
 * Throws for a filter that EC2 does not have, whatever there is to filter.
 */
export function select<Resource>(
  resources: readonly Resource[],
  filters: readonly Filter[] | undefined,
  kind: Filterable<Resource>,
): Resource[] {
  const compiled = checkFilters(filters).map(({ Name = "null", Value = [] }) => {
    if (!isKnown(Name, kind)) throw new AwsError("InvalidParameterValue", `The filter '${Name}' is invalid`);
    return { name: Name, patterns: Value.map(compile) };
  });
  if (compiled.length === 0) return [...resources];
  return resources.filter((resource) => {
    const values = kind.values(resource);
    const tags = kind.tags?.(resource) ?? {};
    return compiled.every(({ name, patterns }) =>
      (valuesOf(name, values, tags) ?? []).some((value) => patterns.some((pattern) => pattern.test(value))),
    );
  });
}

function checkFilters(filters: readonly Filter[] = []): readonly Filter[] {
  const values = filters.flatMap(({ Value = [] }) => Value);
  const exceeded = (what: string) => new AwsError("FilterLimitExceeded", `The maximum ${what}`);
  if (filters.length > MOST_FILTERS) throw exceeded(`number of filters specified on a single call is ${MOST_FILTERS}`);
  if (values.length > MOST_VALUES)
    throw exceeded(`number of filter values specified on a single call is ${MOST_VALUES}`);
  if (values.some((value) => value.length > LONGEST_VALUE))
    throw exceeded(`length for a filter value is ${LONGEST_VALUE} characters`);
  return filters;
}

const isKnown = <Resource>(name: string, { names, tags }: Filterable<Resource>): boolean =>
  names.includes(name) || (tags !== undefined && isTag(name));

const isTag = (name: string): boolean => name.startsWith("tag:") && name.length > "tag:".length;

function valuesOf(name: string, values: Readonly<Record<string, FilterValue>>, tags: Tags): string[] | undefined {
  if (Object.hasOwn(values, name)) return listOf(values[name]);
  if (name === "tag-key") return Object.keys(tags);
  const key = name.slice("tag:".length);
  return isTag(name) && Object.hasOwn(tags, key) ? listOf(tags[key]) : undefined;
}

function listOf(value: FilterValue): string[] {
  if (Array.isArray(value)) return value.filter((member) => member !== undefined);
  return value === undefined ? [] : [String(value)];
}

/** A backslash takes a wildcard's meaning away. */
function compile(pattern: string): RegExp {
  const source = pattern.replace(
    /\\([*?\\])|([*?])|[.+^${}()|[\]\\/]/g,
    (match, escaped?: string, wildcard?: string) => {
      if (escaped !== undefined) return `\\${escaped}`;
      if (wildcard !== undefined) return wildcard === "*" ? ".*" : ".";
      return `\\${match}`;
    },
  );
  return new RegExp(`^${source}$`, "s");
}
