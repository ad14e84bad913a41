import type { Symbol as DeclaredSymbol } from "typescript/unstable/sync";
import { type Examples, findExamples, SHOWN_BY_FIELD } from "./find-examples.ts";
import { type Compiled, declaredFunction, declaredType, exported, type Field } from "./read-declarations.ts";
import type { ObjectSection, Section } from "./sections.ts";

/** What the reference says of one field, or of one function. */
export interface Entry {
  /** `worker.market`, `sequence` */
  readonly name: string;
  /** A field's type, or a function's arguments and answer. */
  readonly type: string;
  readonly optional: boolean;
  readonly text: string;
  readonly example: string | undefined;
  /** Types that its own names. */
  readonly named: readonly DeclaredSymbol[];
}

export interface Chapter {
  readonly title: string;
  readonly text: string;
  /** Types by name that it explains. */
  readonly types: readonly string[];
  readonly entries: readonly Entry[];
}

export function readReference(compiled: Compiled, sections: readonly Section[]): Chapter[] {
  const examples = findExamples(compiled);
  return sections.map((section) => {
    if (section.kind === "object") return objectChapter(section, compiled, examples);
    const entries = section.names.map((name) => functionEntry(name, compiled, examples));
    return { title: section.title, text: "", types: section.types, entries };
  });
}

/** What takes the object comes first, where it is not what the whole chapter is about. */
function objectChapter(section: ObjectSection, compiled: Compiled, examples: Examples): Chapter {
  const { title, prefix, of } = section;
  const types = "type" in of ? [of.type, ...section.types] : section.types;
  const { text, fields } =
    "type" in of
      ? declaredType(compiled, exported(compiled, of.type))
      : declaredFunction(compiled, exported(compiled, of.call), of.argument ?? 0);
  const entries = fields.map((field) => fieldEntry(prefix, field, examples));
  if ("type" in of || SHOWN_BY_FIELD.includes(of.call)) return { title, text, types, entries };
  return { title, text: "", types, entries: [functionEntry(of.call, compiled, examples), ...entries] };
}

const fieldEntry = (prefix: string, { name, key, ...field }: Field, examples: Examples): Entry => ({
  name: `${prefix}.${name}`,
  ...field,
  example: examples.get(key),
});

function functionEntry(name: string, compiled: Compiled, examples: Examples): Entry {
  const { text, head } = declaredFunction(compiled, exported(compiled, name));
  return {
    name,
    type: `${name}${head?.signature ?? ""}`,
    optional: false,
    text,
    named: head?.named ?? [],
    example: examples.get(head?.key ?? ""),
  };
}
