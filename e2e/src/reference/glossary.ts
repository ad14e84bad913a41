import { dirname } from "node:path";
import { type Node, SyntaxKind } from "typescript/unstable/ast";
import type { Symbol as DeclaredSymbol } from "typescript/unstable/sync";
import { type Compiled, commentOf } from "./read-declarations.ts";
import type { Chapter } from "./read-reference.ts";
import { sourceOf, typesNamedIn, typeText } from "./type-text.ts";

/** A type that the reference names. */
export interface Term {
  readonly name: string;
  /** What it stands for, where that is short. */
  readonly type: string | undefined;
  readonly text: string;
  /** Titles of the chapters that explain it. */
  readonly chapters: readonly string[];
}

const LONGEST = 110;

/** How TypeScript puts some of them together; nobody writes or reads their names. */
const INNER = ["ActivityPer", "Subjects"];

/** All types that chapters name, and those that these stand for; by their names. */
export function readGlossary({ project, entry }: Compiled, chapters: readonly Chapter[]): Term[] {
  const terms = new Map<string, Term>();
  const add = (symbol: DeclaredSymbol): void => {
    if (terms.has(symbol.name) || INNER.includes(symbol.name)) return;
    const alias = symbol.declarations
      .map((each) => each.resolve(project))
      .find((each): each is Node & { readonly type: Node } => each?.kind === SyntaxKind.TypeAliasDeclaration);
    const type = alias && typeText(sourceOf(alias.type));
    terms.set(symbol.name, {
      name: symbol.name,
      type: type !== undefined && type.length <= LONGEST ? type : undefined,
      text: commentOf(symbol, project.checker),
      chapters: chapters.filter(({ types }) => types.includes(symbol.name)).map(({ title }) => title),
    });
    typesNamedIn(alias === undefined ? [] : [alias.type], dirname(entry), project.checker).forEach(add);
  };
  chapters
    .flatMap(({ entries }) => entries)
    .flatMap(({ named }) => named)
    .forEach(add);
  return [...terms.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}
