import { execFile } from "node:child_process";
import { cp, mkdir, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { agentProgram } from "@muster/worker-agent";
import { packAll } from "../installed/packed.ts";
import { programArguments } from "../run-muster.ts";

const run = promisify(execFile);

/** A form in which Muster reaches its users: how its programs are called there. */
export interface ShippedForm {
  /** The command, which starts this form's agent on workers. */
  readonly muster: readonly string[];
  /** What scripts call as `muster-s3`. */
  readonly s3: readonly string[];
}

/** Makes a form from this checkout, in an empty folder of its own. */
export type ShipForm = (folder: string) => Promise<ShippedForm>;

const checkout = join(import.meta.dirname, "../../..");
const flags = ["--disable-warning=ExperimentalWarning"];

/** A clone after its install: the bundles that this made. */
export const checkoutBundle: ShipForm = async () => ({
  muster: [process.execPath, ...programArguments],
  s3: [process.execPath, ...flags, agentProgram(), "s3"],
});

/** What the default pipeline builds and apt installs, unpacked. */
export const debianPackage: ShipForm = async (folder) => {
  const tool = join(checkout, "pipelines/muster/tools/make-binary-package.ts");
  const env = { ...process.env, VERSION: "1.2.3", DISTRO: "debian-12-bookworm" };
  await run(process.execPath, [...flags, tool], { cwd: folder, env });
  const [deb = ""] = await readdir(join(folder, "out"));
  await run("dpkg-deb", ["-x", join(folder, "out", deb), join(folder, "root")]);
  const home = join(folder, "root/usr/lib/muster");
  return { muster: [join(folder, "root/usr/bin/muster")], s3: [join(home, "node"), join(home, "agent.mjs"), "s3"] };
};

/**
 * What machines on EC2 fetch. It holds the agent alone, and its Node: the checkout's command, put beside it, takes the agent that it finds there
 * and runs on the same Node.
 */
export const ec2Archive: ShipForm = async (folder) => {
  const tool = join(checkout, "packages/worker-agent/bundle/main.ts");
  const architecture = process.arch === "arm64" ? "arm64" : "x86_64";
  await run(process.execPath, [...flags, tool, "--out", folder, "--architecture", architecture]);
  const machine = join(folder, "machine");
  await mkdir(machine);
  await run("tar", ["-xzf", join(folder, `muster-agent-linux-${architecture}.tar.gz`), "-C", machine]);
  const node = join(machine, "node");
  const beside = join(machine, "agent");
  await cp(join(checkout, "packages/cli/dist"), beside, { recursive: true });
  return { muster: [node, join(beside, "muster.mjs")], s3: [node, join(beside, "agent.mjs"), "s3"] };
};

/** How the packages of a project's folder are called that npm, or its like, has installed there. */
export const installedIn = (project: string): ShippedForm => {
  const home = join(project, "node_modules/muster");
  return {
    muster: [process.execPath, join(home, "bin/muster.js")],
    s3: [process.execPath, join(home, "dist/agent.mjs"), "s3"],
  };
};

/** What `npm install muster` brings; not beside the pipelines that are built, as with `npm install --global`. */
export const npmPackages: ShipForm = async (folder) => {
  const packed = await packAll(join(folder, "tarballs"));
  const wanted = packed.filter(({ name }) => name === "muster" || name === "@muster/pipeline");
  await writeFile(join(folder, "package.json"), '{"private":true}');
  const options = ["--prefer-offline", "--no-audit", "--no-fund", "--loglevel=error"];
  await run("npm", ["install", ...options, ...wanted.map(({ file }) => file)], { cwd: folder });
  return installedIn(folder);
};
