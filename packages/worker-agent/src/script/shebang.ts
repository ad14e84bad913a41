/** What starts a script. */
export interface Shebang {
  /** As the first line says it; undefined for a program without one. */
  readonly path: string | undefined;
  /** The interpreter's name: `bash` also of `#!/usr/bin/env -S bash -e`. */
  readonly interpreter: string;
}

const ELF = Buffer.from([0x7f, 0x45, 0x4c, 0x46]);

/** A compiled program needs no interpreter. @see elf(5) */
export const isProgram = (contents: Buffer): boolean => contents.subarray(0, ELF.length).equals(ELF);

/** Reads a script's first line; undefined when it names no interpreter. @see execve(2) */
export function readShebang(text: string): Shebang | undefined {
  const line = /^#![ \t]*([^\r\n]*)/.exec(text)?.[1];
  const [path, ...words] = line?.split(/[ \t]+/).filter((word) => word !== "") ?? [];
  if (path === undefined) return undefined;
  if (nameOf(path) !== "env") return { path, interpreter: nameOf(path) };
  const interpreter = words.find((word) => !word.startsWith("-") && !word.includes("="));
  return interpreter === undefined ? undefined : { path, interpreter: nameOf(interpreter) };
}

const nameOf = (path: string): string => path.slice(path.lastIndexOf("/") + 1);
