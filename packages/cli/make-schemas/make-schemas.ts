import { join, resolve } from "node:path";
import { buildGenerator, type Definition, getProgramFromFiles } from "typescript-json-schema";

const root = join(import.meta.dirname, "..");
const shapes = join(root, "src/json-shapes.ts");

type Schema = { [key: string]: unknown };

/**
 * JSON schemas (2020-12) of what commands print with `--json`, by their files' names: made of the types in `src/json-shapes.ts` by the type checker,
 * which knows also what is inferred, with docstrings as descriptions.
 */
export function makeSchemas(): Map<string, Schema> {
  const { properties = {}, definitions = {} } = shapesSchema();
  const named = new Map(Object.entries(definitions).map(([name, definition]) => [name, definition as Schema]));
  return new Map(
    Object.entries(properties).map(([command, shape]) => {
      const used = new Map<string, Schema>();
      const body = resolveReferences(shape as Schema, { named, used });
      const schema = {
        $schema: "https://json-schema.org/draft/2020-12/schema",
        title: `muster ${command} --json`,
        ...body,
        ...(used.size > 0 && { $defs: Object.fromEntries([...used].sort(([a], [b]) => (a < b ? -1 : 1))) }),
      };
      return [schemaFile(command), schema];
    }),
  );
}

/** `build --plan`: `build-plan.schema.json` */
export const schemaFile = (command: string): string =>
  `${command.replaceAll(/[^a-z]+/g, "-").replace(/-$/, "")}.schema.json`;

function shapesSchema(): Definition {
  const compilerOptions = {
    ...{ target: "es2023", lib: ["lib.es2024.d.ts", "lib.esnext.disposable.d.ts", "lib.esnext.iterator.d.ts"] },
    ...{ module: "nodenext", moduleResolution: "nodenext", allowImportingTsExtensions: true, noEmit: true },
    ...{ strict: true, exactOptionalPropertyTypes: true, skipLibCheck: true, types: ["node"] },
  };
  const program = getProgramFromFiles([resolve(shapes)], compilerOptions, root);
  // The project's own compiler checks the types.
  const generator = buildGenerator(program, { required: true, ref: true, topRef: false, ignoreErrors: true });
  const schema = generator?.getSchemaForSymbol("JsonShapes");
  if (schema === undefined) throw new Error(`no schema can be made of ${shapes}`);
  return schema;
}

/** Of a type without a name, of which the generator keeps only the fields that have one. */
const isLoose = (type: string): boolean => type.startsWith("{[x:string]:unknown;");
const LOOSE = { additionalProperties: true };

interface Names {
  readonly named: ReadonlyMap<string, Schema>;
  /** By their short names: those that are referred to. */
  readonly used: Map<string, Schema>;
}

/** Types that have a name are referred to by it alone, without the file; what has none stands where it is used. */
function resolveReferences(value: Schema, names: Names): Schema {
  const walk = (part: unknown): unknown => {
    if (Array.isArray(part)) return part.map(walk);
    if (typeof part !== "object" || part === null) return part;
    return resolveReferences(part as Schema, names);
  };
  const { $ref, ...rest } = value;
  const others = Object.fromEntries(Object.entries(rest).map(([key, part]) => [key, walk(part)]));
  if (typeof $ref !== "string") return others;
  const long = decodeURIComponent($ref.slice("#/definitions/".length));
  const target = names.named.get(long);
  if (target === undefined) throw new Error(`${long} is not defined`);
  const [, short] = /(?:^|\.)([A-Za-z]\w*)$/.exec(long) ?? [];
  if (short === undefined) return { ...resolveReferences(target, names), ...(isLoose(long) && LOOSE), ...others };
  if (!names.used.has(short)) {
    // Its own name first: types may contain themselves.
    names.used.set(short, {});
    names.used.set(short, resolveReferences(target, names));
  }
  return { $ref: `#/$defs/${short}`, ...others };
}
