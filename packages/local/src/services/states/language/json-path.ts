import type { Json } from "./json.ts";

/** A parsed JSONPath. */
export interface Path {
  readonly text: string;
  /** `$`, `$$`, or the name of a variable. */
  readonly root: string;
  readonly steps: readonly Step[];
  /** Names at most one value; an indefinite path yields the list of what it matched. */
  readonly definite: boolean;
}

export type Step =
  | { readonly kind: "member"; readonly name: string }
  | { readonly kind: "index"; readonly index: number }
  | { readonly kind: "members"; readonly names: readonly string[] }
  | { readonly kind: "indices"; readonly indices: readonly number[] }
  | { readonly kind: "slice"; readonly from: number | undefined; readonly to: number | undefined }
  | { readonly kind: "wildcard" }
  | { readonly kind: "descend" }
  | { readonly kind: "filter"; readonly filter: Filter }
  | { readonly kind: "function"; readonly name: PathFunction };

export const PATH_FUNCTIONS = ["length", "min", "max", "avg", "sum", "stddev", "keys", "first", "last"] as const;
export type PathFunction = (typeof PATH_FUNCTIONS)[number];

/** The condition of a `[?(…)]` step. */
export type Filter =
  | { readonly kind: "and" | "or"; readonly left: Filter; readonly right: Filter }
  | { readonly kind: "not"; readonly filter: Filter }
  | { readonly kind: "exists"; readonly path: FilterPath }
  | { readonly kind: "compare"; readonly operator: string; readonly left: Operand; readonly right: Operand };

/** `@…` is read from the item, `$…` from the whole document. */
export interface FilterPath {
  readonly kind: "path";
  readonly from: "item" | "document";
  readonly path: Path;
}

export type Operand =
  | FilterPath
  | { readonly kind: "literal"; readonly value: Json }
  | { readonly kind: "pattern"; readonly pattern: RegExp };

export const FILTER_OPERATORS = [
  "==",
  "!=",
  "<=",
  ">=",
  "<",
  ">",
  "=~",
  "in",
  "nin",
  "contains",
  "size",
  "empty",
  "subsetof",
  "anyof",
  "noneof",
] as const;
