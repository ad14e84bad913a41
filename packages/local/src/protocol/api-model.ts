/** What a service's API says of requests: the names of all operations, and the inputs of those that work here. */
export interface ApiModel {
  readonly operations: ReadonlySet<string>;
  /** Members by the structure's name; an operation's input is the structure of the operation's name. */
  readonly structures: ReadonlyMap<string, readonly ModelMember[]>;
  /** Of a REST service: method and path of each operation. */
  readonly routes: readonly { readonly operation: string; readonly method: string; readonly path: string }[];
}

export interface ModelMember {
  /** As it is spelled in a JSON or XML body, or as a parameter of a form. */
  readonly name: string;
  readonly isRequired: boolean;
  readonly type: ModelType;
  /** Of a REST service: where it travels. */
  readonly at?: { readonly place: "path" | "query" | "header" | "body"; readonly wireName: string };
}

export const SCALARS = ["string", "number", "boolean", "timestamp", "blob", "document"] as const;
export type Scalar = (typeof SCALARS)[number];

export type ModelType =
  | { readonly is: "scalar"; readonly scalar: Scalar }
  /** `element` is what an XML list calls its elements. */
  | { readonly is: "list"; readonly of: ModelType; readonly element?: string }
  | { readonly is: "map"; readonly of: ModelType }
  | { readonly is: "structure"; readonly structure: string };

/** A model as it is written by `pnpm --filter local api-models`. */
export interface ModelText {
  /** Names; of REST services one line for each, `Name METHOD /path`. */
  readonly operations: string;
  /**
   * `Structure: member! list:Element[] map:Value{} qualifier@query=Qualifier`, one line for each structure or indented lines more;
   * `!` marks what must be there, a member without a type is a string.
   */
  readonly structures: string;
}

export function apiModel({ operations, structures }: ModelText): ApiModel {
  const routes = [...operations.matchAll(/^(\w+) ([A-Z]+) (\/\S*)$/gm)].map(
    ([, operation = "", method = "", path = ""]) => ({
      operation,
      method,
      path,
    }),
  );
  const names = routes.length > 0 ? routes.map(({ operation }) => operation) : wordsOf(operations);
  const lines = structures
    .replace(/\n +/g, " ")
    .split("\n")
    .filter((line) => line !== "");
  return {
    operations: new Set(names),
    routes,
    structures: new Map(
      lines.map((line) => {
        const [name = "", ...members] = wordsOf(line);
        return [name.replace(/:$/, ""), members.map(readMember)];
      }),
    ),
  };
}

const wordsOf = (text: string): string[] => text.split(/\s+/).filter((word) => word !== "");

function readMember(text: string): ModelMember {
  const [, name = "", required, type, place, wireName] =
    /^([^:!@]+)(!?)(?::([^@]+))?(?:@(path|query|header|body)(?:=(.+))?)?$/.exec(text) ?? [];
  if (name === "") throw new SyntaxError(`"${text}" is no member of an API's model`);
  return {
    name,
    isRequired: required === "!",
    type: readType(type ?? "string"),
    ...(place !== undefined && { at: { place: place as "path", wireName: wireName ?? name } }),
  };
}

function readType(text: string): ModelType {
  const [, of, element] = /^(.+)\[(\w*)\]$/.exec(text) ?? [];
  if (of !== undefined) return { is: "list", of: readType(of), ...(element !== "" && { element }) };
  if (text.endsWith("{}")) return { is: "map", of: readType(text.slice(0, -2)) };
  const scalar = SCALARS.find((candidate) => candidate === text);
  return scalar === undefined ? { is: "structure", structure: text } : { is: "scalar", scalar };
}
