import * as client from "@aws-sdk/client-s3";

/** How S3's API describes itself inside the SDK's client: operations, the members of their inputs, where each is put. */

/** Where a member travels, and under which name. */
export interface ModelMember {
  readonly name: string;
  readonly at: "path" | "query" | "header" | "headers" | "document" | "body";
  /** Of a parameter or header in lower case, or of a document's root. */
  readonly wireName: string;
  readonly isRequired: boolean;
  readonly schema: unknown;
}

export interface ModelOperation {
  readonly name: string;
  readonly members: readonly ModelMember[];
}

type Traits = Readonly<Record<string, unknown>>;

const STRUCTURE = 3;
const LIST = 1;
const MAP = 2;
const OPERATION = 9;

export function modelOperations(): ModelOperation[] {
  return Object.values(client as unknown as Record<string, unknown>)
    .filter((value): value is unknown[] => Array.isArray(value) && value[0] === OPERATION)
    .map((operation) => ({ name: String(operation[2]), members: membersOf(resolve(operation[4])) }));
}

/** What a structure or a list holds in a document, by the names of elements there. */
export function elementsOf(schema: unknown): { readonly wireName: string; readonly schema: unknown }[] {
  const resolved = resolve(schema);
  if (!Array.isArray(resolved)) return [];
  if (resolved[0] === LIST) {
    const item = split(resolved[4]);
    return [{ wireName: String(item.traits.xmlName ?? "member"), schema: item.schema }];
  }
  if (resolved[0] !== STRUCTURE) return [];
  return elementNames(resolved).map(([name, member]) => {
    const { schema: value, traits } = split(member);
    const list = resolve(value);
    const isFlat = Array.isArray(list) && list[0] === LIST && traits.xmlFlattened !== undefined;
    return { wireName: String(traits.xmlName ?? name), schema: isFlat ? split(list[4]).schema : value };
  });
}

/** Something that the client can put on the wire as this member. */
export function exampleOf(schema: unknown): unknown {
  const resolved = resolve(schema);
  if (Array.isArray(resolved)) {
    switch (resolved[0]) {
      case STRUCTURE:
        return Object.fromEntries(
          elementNames(resolved).map(([name, member]) => [name, exampleOf(split(member).schema)]),
        );
      case LIST:
        return [exampleOf(split(resolved[4]).schema)];
      case MAP:
        return { a: "x" };
      default:
        return exampleOf(resolved[4]);
    }
  }
  const code = Number(resolved);
  if (code & 64) return [exampleOf(code & ~64)];
  if (code & 128) return { a: "x" };
  if (code === 1) return 1;
  if (code === 2) return true;
  if (code >= 4 && code <= 7) return new Date(0);
  return "x";
}

function membersOf(input: unknown): ModelMember[] {
  if (!Array.isArray(input) || input[0] !== STRUCTURE) return [];
  const required = Number(input[6] ?? 0);
  return elementNames(input).map(([name, member], index): ModelMember => {
    const { schema, traits } = split(member);
    const found = { name, isRequired: index < required, schema };
    if (traits.httpHeader !== undefined)
      return { ...found, at: "header", wireName: String(traits.httpHeader).toLowerCase() };
    if (traits.httpQuery !== undefined) return { ...found, at: "query", wireName: String(traits.httpQuery) };
    if (traits.httpPrefixHeaders !== undefined)
      return { ...found, at: "headers", wireName: `${traits.httpPrefixHeaders}*` };
    if (traits.httpPayload !== undefined) {
      return elementsOf(schema).length > 0
        ? { ...found, at: "document", wireName: String(traits.xmlName ?? name) }
        : { ...found, at: "body", wireName: name };
    }
    return traits.httpLabel === undefined
      ? { ...found, at: "body", wireName: name }
      : { ...found, at: "path", wireName: name };
  });
}

function elementNames(structure: readonly unknown[]): [string, unknown][] {
  const [names, schemas] = [structure[4] as string[], structure[5] as unknown[]];
  return names.map((name, index) => [name, schemas[index]]);
}

function resolve(schema: unknown): unknown {
  return typeof schema === "function" ? resolve(schema()) : schema;
}

/** A member is a schema, or a schema with traits; the only trait that is written as a bit and met here is the path's. */
function split(member: unknown): { schema: unknown; traits: Traits } {
  const isPair = Array.isArray(member) && member.length === 2 && typeof member[0] !== "string";
  if (!isPair) return { schema: member, traits: {} };
  const [schema, traits] = member as [unknown, unknown];
  if (typeof traits === "number") return { schema, traits: traits & 1 ? { httpLabel: 1 } : {} };
  return { schema, traits: (traits ?? {}) as Traits };
}
