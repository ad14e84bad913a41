import { dirname, join } from "node:path";
import {
  API,
  type Checker,
  type Symbol as DeclaredSymbol,
  type NodeHandle,
  type Project,
  SignatureKind,
  SymbolFlags,
} from "typescript/unstable/sync";
import { headOf, meantSymbol, signatureText, typesNamedIn, typeText, writtenType } from "./type-text.ts";

/** A compiled folder of examples, and what they import. */
export interface Compiled extends Disposable {
  readonly project: Project;
  readonly folder: string;
  /** The file that the package begins with which they import. */
  readonly entry: string;
}

/**
 * By the compiler's own API, which version 7 calls unstable: its version is pinned here, and what it changes fails a test
 * of this folder.
 */
export function compile(folder: string, entry: string): Compiled {
  const api = new API({ cwd: folder });
  const config = join(folder, "tsconfig.json");
  const project = api.updateSnapshot({ openProjects: [config] }).getProject(config);
  if (project === undefined) throw new TypeError(`${config} is no project`);
  return { project, folder, entry, [Symbol.dispose]: () => api.close() };
}

/** What is wrong with the examples, a line each. */
export const complaintsOf = ({ project: { program } }: Compiled): string[] =>
  [...program.getSyntacticDiagnostics(), ...program.getSemanticDiagnostics()].map(
    ({ fileName, text }) => `${fileName}: ${text}`,
  );

/** A field as its type declares it. */
export interface Field {
  readonly name: string;
  readonly type: string;
  readonly optional: boolean;
  readonly text: string;
  /** The package's types that its own type names. */
  readonly named: readonly DeclaredSymbol[];
  /** Names it among all declarations, whichever type it is seen through. */
  readonly key: string;
}

/** A function as it is declared. */
export interface FunctionHead {
  /** `(...steps: Flow[]): ForEachVersion` */
  readonly signature: string;
  /** The package's types that it names. */
  readonly named: readonly DeclaredSymbol[];
  readonly key: string;
}

/** What an export of a package is, and says of itself. */
export interface Declared {
  /** What its comment says, with what it throws and where more is written. */
  readonly text: string;
  /** Of a type, or of the object that a function takes. */
  readonly fields: readonly Field[];
  readonly head: FunctionHead | undefined;
}

export const keyOf = ({ path, index }: Pick<NodeHandle, "path" | "index">): string => `${path}#${index}`;

export const declarationKeys = (symbol: DeclaredSymbol | undefined): string[] => symbol?.declarations.map(keyOf) ?? [];

export function commentOf(symbol: DeclaredSymbol, checker: Checker): string {
  const more = symbol.getJsDocTags(checker).flatMap(({ name, text = "" }) => {
    if (name === "throws") return [`It throws ${text.trim().replace(/^\w+/, "`$&`")}.`];
    return name === "see" ? [`See <${text.trim()}>.`] : [];
  });
  return [symbol.getDocumentationComment(checker), ...more].filter((each) => each !== "").join(" ");
}

/** An export of the package, by its name. */
export function exported({ project: { checker, program }, entry }: Compiled, name: string): DeclaredSymbol {
  const file = program.getSourceFile(entry);
  const module = file && checker.getSymbolAtLocation(file);
  const found = meantSymbol(module && checker.getMemberInModuleExports(module, name), checker);
  if (found === undefined) throw new RangeError(`${entry} exports no ${name}`);
  return found;
}

/** Fields that a value of an exported type has. */
export function declaredType(compiled: Compiled, symbol: DeclaredSymbol): Declared {
  const { checker } = compiled.project;
  const type = checker.getDeclaredTypeOfSymbol(symbol);
  return {
    text: commentOf(symbol, checker),
    fields: checker.getPropertiesOfType(type).map((property) => fieldOf(compiled, property)),
    head: undefined,
  };
}

/** An exported function, with the fields of the object that it takes as one of its arguments, if it takes one. */
export function declaredFunction(compiled: Compiled, symbol: DeclaredSymbol, argument?: number): Declared {
  const { project } = compiled;
  const { checker } = project;
  const type = checker.getTypeOfSymbol(symbol);
  const [signature] = type === undefined ? [] : checker.getSignaturesOfType(type, SignatureKind.Call);
  const [declaration] = symbol.declarations;
  if (signature === undefined || declaration === undefined) throw new TypeError(`${symbol.name} is no function`);
  const parameter = argument === undefined ? undefined : checker.getParameterType(signature, argument);
  const taken = parameter && checker.getNonNullableType(parameter);
  return {
    text: commentOf(symbol, checker),
    fields: taken === undefined ? [] : checker.getPropertiesOfType(taken).map((each) => fieldOf(compiled, each)),
    head: {
      signature: signatureText(declaration.resolve(project)),
      named: typesNamedIn(headOf(declaration.resolve(project)), dirname(compiled.entry), checker),
      key: keyOf(declaration),
    },
  };
}

function fieldOf({ project, entry }: Compiled, symbol: DeclaredSymbol): Field {
  const { checker } = project;
  const [declaration] = symbol.declarations;
  const node = declaration?.resolve(project);
  return {
    name: symbol.name,
    type: typeText(writtenType(symbol, node, checker)),
    optional: (symbol.flags & SymbolFlags.Optional) !== 0,
    text: commentOf(symbol, checker),
    named: typesNamedIn(node === undefined ? [] : [node], dirname(entry), checker),
    key: declaration === undefined ? symbol.name : keyOf(declaration),
  };
}
