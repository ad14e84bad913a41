import { type Node, SyntaxKind } from "typescript/unstable/ast";
import {
  type Checker,
  type Symbol as DeclaredSymbol,
  SymbolFlags,
  type Type,
  TypeFlags,
  type UnionType,
} from "typescript/unstable/sync";

/** A type as its source has it, without comments, and words that say nothing to whoever writes a value. */
export const typeText = (text: string): string =>
  text
    .replaceAll(/\/\*.*?\*\//gs, "")
    .replaceAll(/\s+/g, " ")
    .trim()
    .replaceAll(/\breadonly /g, "")
    .replaceAll(/\bNoInfer<(\w+)>/g, "$1")
    .replace(/^P extends "\w+" \? (.*) : never$/, "$1");

export const sourceOf = (node: Node): string => node.getSourceFile().text.slice(node.pos, node.end);

/** As it is declared, but for names of a few words, and what follows from other types. */
export function writtenType(symbol: DeclaredSymbol, declaration: Node | undefined, checker: Checker): string {
  const type = checker.getTypeOfSymbol(symbol);
  const { type: written } = (declaration ?? {}) as { readonly type?: Node };
  if (type === undefined) return "unknown";
  if (written === undefined) return checker.typeToString(type).replace(/ \| undefined$/, "");
  const words = wordsOf(type, checker);
  return written.kind === SyntaxKind.TypeReference && words.length > 1 ? words.join(" | ") : sourceOf(written);
}

/** The words that a text may be; none for other types. */
function wordsOf(type: Type, checker: Checker): string[] {
  const meant = checker.getNonNullableType(checker.getBaseConstraintOfType(type) ?? type);
  const members = meant === undefined ? [] : membersOf(meant);
  return members.every(({ flags }) => flags & TypeFlags.StringLiteral)
    ? members.map((each) => checker.typeToString(each))
    : [];
}

export const membersOf = (type: Type): readonly Type[] =>
  type.flags & TypeFlags.Union ? (type as UnionType).getTypes() : [type];

/** Parameters and answer of a function, without its body; of an arrow that a constant holds too. */
export function headOf(node: Node | undefined): Node[] {
  const { initializer } = (node ?? {}) as { readonly initializer?: Node };
  const { parameters = [], type } = (initializer ?? node ?? {}) as {
    readonly parameters?: readonly Node[];
    readonly type?: Node;
  };
  return [...parameters, ...(type === undefined ? [] : [type])];
}

/** `(...steps: Flow[]): ForEachVersion` */
export function signatureText(node: Node | undefined): string {
  const parts = headOf(node);
  const parameters = parts.filter(({ kind }) => kind === SyntaxKind.Parameter);
  const answer = parts.filter(({ kind }) => kind !== SyntaxKind.Parameter);
  const text = (each: Node) => typeText(sourceOf(each));
  return `(${parameters.map(text).join(", ")})${answer.map((each) => `: ${text(each)}`).join("")}`;
}

/** What a symbol stands for, where it was imported. */
export const meantSymbol = (symbol: DeclaredSymbol | undefined, checker: Checker): DeclaredSymbol | undefined =>
  symbol !== undefined && symbol.flags & SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;

/** The types that a declaration names, of those that lie in a folder. */
export function typesNamedIn(nodes: readonly Node[], folder: string, checker: Checker): DeclaredSymbol[] {
  const found: DeclaredSymbol[] = [];
  const visit = (each: Node): void => {
    if (each.kind === SyntaxKind.TypeReference) {
      const { typeName } = each as Node & { readonly typeName: Node };
      const symbol = meantSymbol(checker.getSymbolAtLocation(typeName), checker);
      const [declaration] = symbol?.declarations ?? [];
      const isParameter = declaration?.kind === SyntaxKind.TypeParameter;
      if (symbol !== undefined && !isParameter && declaration?.path.startsWith(folder)) found.push(symbol);
    }
    each.forEachChild(visit);
  };
  nodes.forEach(visit);
  return found;
}
