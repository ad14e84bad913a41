/** How an API describes itself inside the SDK's client: operations, the members of their inputs, where each is put. */

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
  /** Of a REST service. */
  readonly http: { readonly method: string; readonly path: string } | undefined;
  readonly input: unknown;
  readonly members: readonly ModelMember[];
}

type Traits = Readonly<Record<string, unknown>>;

const STRUCTURE = 3;
const UNION = 4;
const LIST = 1;
const MAP = 2;
const OPERATION = 9;

/** Every operation of a client, which is all that its package exports. */
export function modelOperations(client: object): ModelOperation[] {
  return Object.values(client)
    .filter((value): value is unknown[] => Array.isArray(value) && value[0] === OPERATION)
    .map((operation) => {
      const [method = "", path = ""] = ((operation[3] as { http?: string[] }).http ?? []).map(String);
      const input = resolve(operation[4]);
      const http = path === "" ? undefined : { method, path };
      return { name: String(operation[2]), http, input, members: membersOf(input) };
    });
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

/** One member of a structure, wherever that lies. */
export interface Field {
  readonly name: string;
  readonly isRequired: boolean;
  readonly traits: Traits;
  readonly schema: unknown;
}

/** What a schema is, without the names that the client gives to it. */
export type Shape =
  | { readonly is: "structure" | "union"; readonly name: string; readonly fields: readonly Field[] }
  | { readonly is: "list" | "map"; readonly of: unknown; readonly elementName: string }
  | { readonly is: "scalar"; readonly scalar: "string" | "number" | "boolean" | "timestamp" | "blob" | "document" };

export function shapeOf(schema: unknown): Shape {
  const resolved = resolve(schema);
  if (Array.isArray(resolved)) {
    switch (resolved[0]) {
      case STRUCTURE:
      case UNION:
        return {
          is: resolved[0] === UNION ? "union" : "structure",
          name: String(resolved[2]),
          fields: elementNames(resolved).map(([name, member], index) => ({
            name,
            isRequired: index < Number(resolved[6] ?? 0),
            ...split(member),
          })),
        };
      case LIST: {
        const { schema: of, traits } = split(resolved[4]);
        return { is: "list", of, elementName: String(traits.xmlName ?? "member") };
      }
      case MAP:
        return { is: "map", of: split(resolved[5]).schema, elementName: "" };
      default:
        return shapeOf(resolved[4]);
    }
  }
  const code = Number(resolved);
  if (code & 64) return { is: "list", of: code & ~64, elementName: "member" };
  if (code & 128) return { is: "map", of: code & ~128, elementName: "" };
  if (code >= 4 && code <= 7) return { is: "scalar", scalar: "timestamp" };
  const scalars = {
    1: "number",
    2: "boolean",
    15: "document",
    17: "number",
    19: "number",
    21: "blob",
    42: "blob",
  } as const;
  return { is: "scalar", scalar: scalars[code as keyof typeof scalars] ?? "string" };
}

/** Something that the client can put on the wire as this member. Structures within themselves end. */
export function exampleOf(schema: unknown, within: readonly string[] = []): unknown {
  const shape = shapeOf(schema);
  switch (shape.is) {
    case "structure":
    case "union": {
      if (within.includes(shape.name)) return {};
      const fields = shape.is === "union" ? shape.fields.slice(0, 1) : shape.fields;
      return Object.fromEntries(fields.map((field) => [field.name, exampleOf(field.schema, [...within, shape.name])]));
    }
    case "list":
      return [exampleOf(shape.of, within)];
    case "map":
      return { a: exampleOf(shape.of, within) };
    case "scalar":
      return scalarExample(shape.scalar);
  }
}

export function scalarExample(scalar: string): unknown {
  switch (scalar) {
    case "number":
      return 1;
    case "boolean":
      return true;
    case "timestamp":
      return new Date(0);
    case "blob":
      return Buffer.from("x");
    default:
      return "x";
  }
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
