import { spawnSync } from "node:child_process";

/** What installs packages in a reader's repository. */
export interface PackageManager {
  readonly name: string;
  /** The words that install what `package.json` names. */
  readonly install: readonly string[];
  /** Files that it wants beside `package.json`. */
  readonly files?: Readonly<Record<string, string>>;
}

const managers: readonly PackageManager[] = [
  { name: "npm", install: ["npm", "install", "--prefer-offline", "--no-audit", "--no-fund", "--loglevel=error"] },
  { name: "pnpm", install: ["npx", "--yes", "pnpm@10.34.9", "install", "--prefer-offline", "--reporter=append-only"] },
  { name: "yarn", install: ["npx", "--yes", "yarn@1.22.22", "install", "--prefer-offline", "--non-interactive"] },
  {
    name: "yarn-berry",
    install: ["npx", "--yes", "--package=@yarnpkg/cli-dist@4.18.1", "yarn", "install"],
    files: {
      // cdktf, of others, looks for its constructs in node_modules; the cache leaves nothing in the user's folder.
      ".yarnrc.yml":
        "nodeLinker: node-modules\nenableGlobalCache: false\nenableImmutableInstalls: false\nenableTelemetry: false\n",
      "yarn.lock": "",
    },
  },
];

/** Those that MUSTER_PACKAGE_MANAGERS names, `npm,pnpm,yarn,yarn-berry`; npm alone where it is not set. */
export const wantedManagers = (process.env.MUSTER_PACKAGE_MANAGERS ?? "npm").split(",").map((name) => {
  const manager = managers.find((each) => each.name === name);
  if (manager === undefined) throw new Error(`MUSTER_PACKAGE_MANAGERS: there is no "${name}"`);
  return manager;
});

/** Why a package manager cannot be had here, if so. */
export function missing({ name, install: [program = "", ...words] }: PackageManager): string | undefined {
  const version = [...words.slice(0, words.indexOf("install")), "--version"];
  return spawnSync(program, version, { stdio: "ignore" }).status === 0 ? undefined : `${name} cannot be had here`;
}
