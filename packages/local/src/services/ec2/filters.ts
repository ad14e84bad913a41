import { AwsError } from "../../aws-error.ts";

export interface Filter {
  readonly Name?: string;
  readonly Value?: readonly string[];
}

/** What a resource answers to a filter's name: its values; undefined where EC2 has no such filter. */
export type FilterValues = (filterName: string) => readonly (string | undefined)[] | undefined;

/**
 * Whether a resource passes all filters: between filters and, within one or, `*` and `?` as wildcards, cases told apart.
 * Throws for a filter that EC2 does not have.
 */
export function passesFilters(filters: readonly Filter[] = [], values: FilterValues): boolean {
  return filters.every(({ Name = "", Value = [] }) => {
    const own = values(Name);
    if (own === undefined) throw new AwsError("InvalidParameterValue", `The filter '${Name}' is invalid`);
    const patterns = Value.map(compile);
    return own.some((value) => value !== undefined && patterns.some((pattern) => pattern.test(value)));
  });
}

/** Answers `tag:<key>` and `tag-key`, which all tagged resources know. */
export function tagFilterValues(
  filterName: string,
  tags: Readonly<Record<string, string>>,
): readonly string[] | undefined {
  if (filterName === "tag-key") return Object.keys(tags);
  if (filterName === "tag-value") return Object.values(tags);
  if (!filterName.startsWith("tag:")) return undefined;
  const key = filterName.slice("tag:".length);
  const value = Object.hasOwn(tags, key) ? tags[key] : undefined;
  return value === undefined ? [] : [value];
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
