import type * as z from "zod";
import { definitionSchema } from "./definition-fields.ts";
import { LACKS } from "./field-schemas.ts";
import type { Flow } from "./flow.ts";

/** What a definition's fields are not. */
export interface FieldProblem {
  /** One line that begins with the place: `MakeBinaryPackage.worker.market: "spott" is not a market; did you mean "spot"?` */
  readonly text: string;
  /** What cannot be looked at any further: a field of the pipeline, or an activity by its name. A field too many spoils nothing. */
  readonly spoils: string | undefined;
}

/** Every field of a definition that is unknown, missing or of another type, at any depth. */
export function fieldProblems(definition: unknown): FieldProblem[] {
  const { error } = definitionSchema.safeParse(definition);
  return error === undefined ? [] : error.issues.flatMap((issue) => problemsOf(issue, definition));
}

function problemsOf(issue: z.core.$ZodIssue, definition: unknown): FieldProblem[] {
  const within = issue.code === "invalid_union" ? issue.errors.find((branch) => branch.some(isDeep)) : undefined;
  if (within !== undefined) {
    return within.flatMap((inner) => problemsOf({ ...inner, path: [...issue.path, ...inner.path] }, definition));
  }
  const place = placeIn(definition, isOfNoKind(issue) ? issue.path.slice(0, -1) : issue.path);
  if (issue.code === "unrecognized_keys") {
    const prefix = place.words === "" ? "" : `${place.words}.`;
    return issue.message.split("\n").map((text) => ({ text: `${prefix}${text}`, spoils: undefined }));
  }
  if (issue.message !== LACKS) {
    return [{ text: place.words === "" ? issue.message : `${place.words}: ${issue.message}`, spoils: place.spoils }];
  }
  if (issue.path.length === 0) return [{ text: "it is undefined", spoils: "flow" }];
  const owner = placeIn(definition, issue.path.slice(0, -1)).words;
  return [{ text: `${owner === "" ? "it" : owner} has no ${String(issue.path.at(-1))}`, spoils: place.spoils }];
}

/** What is said of `kind` is said of the object. */
const isOfNoKind = (issue: z.core.$ZodIssue): boolean =>
  issue.code === "invalid_union" && "discriminator" in issue && issue.path.at(-1) === issue.discriminator;

const isDeep = ({ path }: z.core.$ZodIssue): boolean => path.length > 0;

/** Fields of an activity by which the flow around it is judged. */
const STRUCTURE: readonly PropertyKey[] = ["kind", "name", "per"];

/** @param path from the pipeline down; what it leads to is named from the nearest step of the flow that has a name */
function placeIn(definition: unknown, path: readonly PropertyKey[]): { words: string; spoils: string } {
  let node = definition;
  let words = "";
  let spoils = path[0]?.toString() ?? "flow";
  for (const key of path) {
    if (isStep(node) && node.kind === "activity" && !STRUCTURE.includes(key)) spoils = nameOfStep(node) ?? spoils;
    words += typeof key === "number" ? `[${key}]` : `${words === "" ? "" : "."}${String(key)}`;
    node = (node as Record<PropertyKey, unknown> | undefined)?.[key];
    if (isStep(node)) words = nameOfStep(node) ?? words;
  }
  return { words, spoils };
}

interface NamedStep {
  readonly kind: Flow["kind"];
  readonly name?: unknown;
}

const STEPS: readonly unknown[] = [
  "activity",
  "approval",
  "sequence",
  "parallel",
  "forEachPlatform",
  "forEachVersion",
] satisfies Flow["kind"][];

const isStep = (value: unknown): value is NamedStep =>
  typeof value === "object" && value !== null && "kind" in value && STEPS.includes(value.kind);

function nameOfStep({ kind, name }: NamedStep): string | undefined {
  if (typeof name === "string" && name !== "") return name;
  return kind === "activity" ? "an activity" : undefined;
}
