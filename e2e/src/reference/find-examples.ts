import { basename } from "node:path";
import type { Expression, Node, SourceFile } from "typescript/unstable/ast";
import { SyntaxKind } from "typescript/unstable/ast";
import type { Checker, Symbol as DeclaredSymbol, Type } from "typescript/unstable/sync";
import { type Compiled, declarationKeys } from "./read-declarations.ts";
import { meantSymbol, membersOf } from "./type-text.ts";

/** Where declarations are used, as code that a reader can copy, by the declaration's key. */
export type Examples = ReadonlyMap<string, string>;

/** Calls whose fields are shown one by one; of others the call as a whole. */
export const SHOWN_BY_FIELD: readonly string[] = ["definePipeline", "activity", "approval"];

export function findExamples(compiled: Compiled): Examples {
  const { project, folder } = compiled;
  const examples = new Map<string, Use>();
  for (const path of [...project.rootFiles].sort()) {
    const file = project.program.getSourceFile(path);
    if (file === undefined) throw new TypeError(`${folder} has no ${basename(path)}`);
    for (const use of usesIn(file, compiled)) {
      for (const key of use.keys) {
        const known = examples.get(key);
        if (known === undefined || isBetter(use, known)) examples.set(key, use);
      }
    }
  }
  return new Map([...examples].map(([key, { snippet }]) => [key, snippet]));
}

const WIDEST = 100;

/**
 * Who writes a value learns from values that are written. What fills a line says more than what is short, and more lines
 * are only read where they must be.
 */
function isBetter({ writes, snippet }: Use, known: Use): boolean {
  const isLine = (text: string) => !text.includes("\n") && text.length <= WIDEST;
  if (writes !== known.writes) return writes;
  if (isLine(snippet) !== isLine(known.snippet)) return isLine(snippet);
  return isLine(snippet) ? snippet.length > known.snippet.length : snippet.length < known.snippet.length;
}

interface Use {
  readonly keys: readonly string[];
  /** Whether it says a field's value; else it reads it, or calls a function. */
  readonly writes: boolean;
  readonly snippet: string;
}

function usesIn(file: SourceFile, { project }: Compiled): Use[] {
  const { checker } = project;
  const uses: Use[] = [];
  const visit = (node: Node): void => {
    const keys = symbolsUsed(node, checker).flatMap(declarationKeys);
    const writes = node.parent.kind === SyntaxKind.ObjectLiteralExpression;
    if (keys.length > 0) uses.push({ keys, writes, snippet: snippetAround(meantBy(node, project), file) });
    node.forEachChild(visit);
  };
  file.forEachChild(visit);
  return uses;
}

type Named = Node & { readonly name?: Node & { readonly text?: string }; readonly propertyName?: Node };

/** Where it says only a name, what that stands for. */
function meantBy(node: Node, project: Compiled["project"]): Node {
  if (node.kind !== SyntaxKind.ShorthandPropertyAssignment || !isShownByField(node)) return node;
  const [declaration] = project.checker.getShorthandAssignmentValueSymbol(node)?.declarations ?? [];
  const found = declaration?.resolve(project);
  return found?.kind === SyntaxKind.VariableDeclaration ? found : node;
}

/** What a node writes, reads or calls. */
function symbolsUsed(node: Node, checker: Checker): (DeclaredSymbol | undefined)[] {
  const { name, propertyName } = node as Named;
  switch (node.kind) {
    case SyntaxKind.PropertyAssignment:
    case SyntaxKind.ShorthandPropertyAssignment:
    case SyntaxKind.MethodDeclaration:
      return propertiesOf(meantType(node.parent, checker), name?.text, checker);
    case SyntaxKind.BindingElement:
      return propertiesOf(typesAt(node.parent, checker), textOf(propertyName ?? name), checker);
    case SyntaxKind.PropertyAccessExpression:
      return [name && checker.getSymbolAtLocation(name)];
    case SyntaxKind.CallExpression:
      return [calledBy(node, checker)];
    default:
      return [];
  }
}

const textOf = (node: Node | undefined): string | undefined => (node as { readonly text?: string } | undefined)?.text;

/** The type that an object is written for; of several, those that it is of. */
function meantType(object: Node, checker: Checker): readonly Type[] {
  const meant = checker.getContextualType(object as Expression);
  const own = checker.getTypeAtLocation(object);
  const all = meant === undefined ? [] : membersOf(meant);
  const fitting = all.filter((each) => own !== undefined && checker.isTypeAssignableTo(own, each));
  return fitting.length > 0 ? fitting : all;
}

function typesAt(node: Node, checker: Checker): readonly Type[] {
  const type = checker.getTypeAtLocation(node);
  return type === undefined ? [] : membersOf(type);
}

/** A property of any of the types that a value may have. */
const propertiesOf = (types: readonly Type[], name: string | undefined, checker: Checker) =>
  name === undefined ? [] : types.map((each) => checker.getPropertyOfType(each, name));

function calledBy(node: Node, checker: Checker): DeclaredSymbol | undefined {
  const { expression } = node as Node & { readonly expression: Node };
  if (expression.kind !== SyntaxKind.Identifier) return undefined;
  return meantSymbol(checker.getSymbolAtLocation(expression), checker);
}

const calleeOf = (node: Node): string | undefined => textOf((node as { readonly expression?: Node }).expression);

const STATEMENTS: readonly SyntaxKind[] = [
  SyntaxKind.VariableStatement,
  SyntaxKind.ExpressionStatement,
  SyntaxKind.ExportAssignment,
];

/** The nearest whole thing around a use that stands on its own. */
function snippetAround(node: Node, file: SourceFile): string {
  for (let each = node; ; each = each.parent) {
    if (each.kind === SyntaxKind.PropertyAssignment || each.kind === SyntaxKind.ShorthandPropertyAssignment) {
      if (isShownByField(each)) return textAt(each, file, ",");
    }
    if (each.kind === SyntaxKind.CallExpression && isWhole(each)) return textAt(each, file, "");
    if (STATEMENTS.includes(each.kind)) return textAt(each, file, "");
  }
}

/** A field of the object that such a call takes. */
const isShownByField = ({ parent: { parent } }: Node): boolean =>
  parent.kind === SyntaxKind.CallExpression && SHOWN_BY_FIELD.includes(calleeOf(parent) ?? "");

/** A call with an object among its arguments. */
const isWhole = (node: Node): boolean =>
  !SHOWN_BY_FIELD.includes(calleeOf(node) ?? "") &&
  (node as Node & { readonly arguments: readonly Node[] }).arguments.some(
    ({ kind }) => kind === SyntaxKind.ObjectLiteralExpression,
  );

/** Its lines, moved to the left, with a comment that follows it on its last line. */
function textAt(node: Node, file: SourceFile, end: string): string {
  const start = node.getStart(file);
  const [comment = ""] = /^,?[ \t]*(\/\/.*)?/.exec(file.text.slice(node.end)) ?? [];
  const lineStart = file.text.lastIndexOf("\n", start) + 1;
  const [before = ""] = /^[ \t]*/.exec(file.text.slice(lineStart)) ?? [];
  const text = file.text.slice(start, node.end).replaceAll(`\n${before}`, "\n");
  const note = comment.replace(/^,?\s*/, "");
  return `${text}${end}${note === "" ? "" : ` ${note}`}`;
}
