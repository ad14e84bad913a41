import { existsSync } from "node:fs";
import { cp, mkdir, readFile, rm, stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import { binaryPackage, packageName } from "../artifacts.ts";
import { bundle, sharedPackage } from "./bundle.ts";
import type { CommandHelp } from "./command-help.ts";
import { copyrightOf } from "./copyright.ts";
import {
  addCompressed,
  addFile,
  buildDeb,
  debFileName,
  debianArchitecture,
  type PackageDescription,
} from "./debian-package.ts";
import { env } from "./env.ts";
import { manualPage } from "./manual-page.ts";
import { runProgram } from "./run-program.ts";
import { runTool } from "./run-tool.ts";
import { thirdPartyOf } from "./third-party-licences.ts";

/** The source tree that this tool is part of. */
const tree = resolve(import.meta.dirname, "../../..");
const home = `usr/lib/${packageName}`;

/** Of a pipeline's folder: what only the checkout needs, or what a tool left behind there. */
const NOT_INSTALLED =
  /\/(\.[^/]+|dist|node_modules|testing|tools|package\.json|tsconfig\.json|vitest\.config\.ts|[^/]+\.test\.ts)$/;

/** Of lintian's findings, those that are about Node: it is packaged as its project builds it, so that its digest is the one that they publish. */
const lintianOverrides = `# The distributions' own Node is too old. This one is the Node.js project's own build, unchanged, so that
# whoever compares it with what they publish finds the same digest: it is linked to its own zlib, is no
# position-independent executable, and keeps the symbols by which it tells where it crashed.
${packageName}: embedded-library zlib [usr/lib/${packageName}/node]
${packageName}: hardening-no-pie [usr/lib/${packageName}/node]
${packageName}: unstripped-binary-or-object [usr/lib/${packageName}/node]
`;

/** Where each shell's package on Debian looks for completions. */
const completions = {
  bash: `usr/share/bash-completion/completions/${packageName}`,
  zsh: `usr/share/zsh/vendor-completions/_${packageName}`,
  fish: `usr/share/fish/vendor_completions.d/${packageName}.fish`,
} as const;

/** Writes `out/<package>.deb`, in the working folder, for the platform of the task. */
await runTool(async () => {
  const version = env.version();
  const { codename, debianVersion } = binaryPackage({ version, platform: env.platform() });
  const architecture = debianArchitecture(process.arch);
  const description = describe({ version: debianVersion, architecture });
  const root = resolve("package");
  // `git archive` dates all files as the commit.
  const epoch = Math.floor((await stat(join(tree, "package.json"))).mtimeMs / 1000);
  await rm(root, { recursive: true, force: true });

  const { modules } = await bundle({ tree, folder: join(root, home) });
  await addProgram(root, version);
  await addDocuments(root, { description, modules, epoch, codename });

  const file = join("out", debFileName(description));
  await mkdir("out", { recursive: true });
  await buildDeb({ root, description, epoch, file });
  await rm(root, { recursive: true });
  const { size } = await stat(file);
  console.log(`${debFileName(description)}: ${(size / 1e6).toFixed(1)} MB, Node ${process.version}`);
  return { note: debFileName(description) };
});

function describe({ version, architecture }: { version: string; architecture: string }): PackageDescription {
  return {
    name: packageName,
    version,
    architecture,
    maintainer: "Muster maintainers <maintainers@muster.invalid>",
    homepage: undefined,
    // What Node's own builds are linked to. Bash, which runs the scripts of pipelines, no Debian system is without.
    depends: ["libc6 (>= 2.28)", "libgcc-s1", "libstdc++6 (>= 9)"],
    recommends: ["git"],
    description: [
      "build, package and publish releases on workers that exist only for it",
      "One state machine builds any combination of versions, platforms and steps, on",
      "EC2 or as processes on this machine. It skips what is done already, keeps",
      "going when a step fails, and ends with one list of everything that failed.",
    ],
  };
}

/** The command as `/usr/bin/muster`; it finds its files from where it lies itself, so that an unpacked package runs anywhere. */
async function addProgram(root: string, version: string): Promise<void> {
  const inHome = (path: string): string => join(home, path);
  await cp(process.execPath, join(root, inHome("node")));
  await addFile(root, inHome("package.json"), `${JSON.stringify({ name: packageName, version, type: "module" })}\n`);
  await addFile(
    root,
    inHome(`${sharedPackage}/package.json`),
    `${JSON.stringify({ name: "@muster/pipeline", version, type: "module", exports: "./index.mjs" })}\n`,
  );
  for (const name of ["muster", "hhvm"]) {
    await cp(join(tree, "pipelines", name), join(root, inHome(`pipelines/${name}`)), {
      recursive: true,
      filter: (path) => !NOT_INSTALLED.test(path),
    });
  }
  const launcher = `#!/bin/sh
home=$(readlink -f "$0")
home=\${home%/bin/${packageName}}/lib/${packageName}
exec "$home/node" --disable-warning=ExperimentalWarning "$home/cli.mjs" "$@"
`;
  await addFile(root, `usr/bin/${packageName}`, launcher, 0o755);
}

async function addDocuments(
  root: string,
  {
    description,
    modules,
    epoch,
    codename,
  }: { description: PackageDescription; modules: readonly string[]; epoch: number; codename: string },
): Promise<void> {
  const date = new Date(epoch * 1000);
  const ask = (...words: string[]) => runProgram(join(root, "usr/bin", packageName), words, { cwd: root });
  const help = JSON.parse(await ask("help", "--json")) as CommandHelp;
  const documents = `usr/share/doc/${packageName}`;
  await addFile(root, `usr/share/lintian/overrides/${packageName}`, lintianOverrides);
  await addCompressed(root, `usr/share/man/man1/${packageName}.1`, manualPage(help, { version: env.version(), date }));
  for (const [shell, path] of Object.entries(completions)) await addFile(root, path, await ask("completion", shell));
  const licence = await readFile(join(tree, "LICENSE"), "utf8");
  const nodeLicence = await readNodeLicence();
  await addFile(
    root,
    `${documents}/copyright`,
    copyrightOf({ licence, nodeLicence, thirdParty: await thirdPartyOf(modules) }),
  );
  const entry = `${packageName} (${description.version}) ${codename}; urgency=medium

  * Release ${env.version()}.

 -- ${description.maintainer}  ${date.toUTCString().replace("GMT", "+0000")}
`;
  await addCompressed(root, `${documents}/changelog.Debian`, entry);
  const changelog = join(tree, "CHANGELOG.md");
  if (existsSync(changelog)) await addCompressed(root, `${documents}/changelog`, await readFile(changelog, "utf8"));
}

/**
 * Node's terms lie in the npm package that its binary comes from. The one within `node_modules/node` is not there where pnpm had kept the
 * outcome of its install script, so that this pipeline depends on it by itself.
 */
async function readNodeLicence(): Promise<string> {
  const folder = join(tree, "pipelines/muster/node_modules", `node-${process.platform}-${process.arch}`);
  return readFile(join(folder, "LICENSE"), "utf8");
}
