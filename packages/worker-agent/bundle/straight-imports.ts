import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Options } from "tsup";

type Plugin = NonNullable<Options["esbuildPlugins"]>[number];

const IMPORT = /^(import|export) \{([^}]*)\} from "(@muster\/[\w-]+)";$/gm;
const REEXPORT = /^export \{([^}]*)\} from "(\.[^"]+)";$/gm;

/**
 * Takes what is imported of a package of ours from the module that has it. A bundler that splits a program puts whatever a package's index
 * leads to with everybody who imports a name of it, though it leaves out what nobody uses at all: whoever looked at a
 * folder's lock would load a whole local AWS.
 */
export const straightImports: Plugin = {
  name: "straight-imports",
  setup(build) {
    const exportsOf = once(readExports);
    build.onLoad({ filter: /\.ts$/ }, async ({ path }) => {
      const text = await readFile(path, "utf8");
      const resolveDir = dirname(path);
      const named = new Set(Array.from(text.matchAll(IMPORT), ([, , , name = ""]) => name));
      if (named.size === 0) return undefined;
      const indices = new Map<string, ReadonlyMap<string, string>>();
      for (const name of named) {
        const index = await build.resolve(name, { resolveDir, kind: "import-statement" });
        indices.set(name, await exportsOf(index.path));
      }
      const contents = text.replaceAll(IMPORT, (statement, word: string, names: string, from: string) =>
        straight({ statement, word, names, exports: indices.get(from) ?? new Map() }),
      );
      return { contents, loader: "ts", resolveDir };
    });
  },
};

interface Statement {
  readonly statement: string;
  readonly word: string;
  readonly names: string;
  /** Paths of modules, by the names that the package has of them. */
  readonly exports: ReadonlyMap<string, string>;
}

/** The same statement, of each module by itself; as it is where the package's index has a name by itself. */
function straight({ statement, word, names, exports }: Statement): string {
  const values = listed(names).filter((name) => !name.startsWith("type "));
  const modules = values.map((name) => exports.get(nameIn(name)));
  if (modules.includes(undefined)) return statement;
  return values.map((name, index) => `${word} { ${name} } from ${JSON.stringify(modules[index])};`).join(" ");
}

async function readExports(index: string): Promise<ReadonlyMap<string, string>> {
  const text = await readFile(index, "utf8");
  const exported = Array.from(text.matchAll(REEXPORT), ([, names = "", module = ""]) =>
    listed(names).flatMap((name) => (name.includes(" as ") ? [] : [[name, join(dirname(index), module)] as const])),
  );
  return new Map(exported.flat());
}

const listed = (names: string): string[] =>
  names
    .split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "");

/** `a as b` is `a` in the package. */
const nameIn = (name: string): string => name.split(" as ")[0] as string;

function once<T>(work: (key: string) => Promise<T>): (key: string) => Promise<T> {
  const done = new Map<string, Promise<T>>();
  return (key) => {
    const promise = done.get(key) ?? work(key);
    done.set(key, promise);
    return promise;
  };
}
