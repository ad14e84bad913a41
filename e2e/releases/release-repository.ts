import { execFile } from "node:child_process";
import { createReadStream } from "node:fs";
import { mkdir, symlink } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { promisify } from "node:util";
import { createWorkspace, type Workspace } from "../src/workspace.ts";

export const run = promisify(execFile);

const packages = join(import.meta.dirname, "../../packages");

/** A repository of a program to ship, outside of this checkout: it has what npm would install, and nothing else of ours. */
export interface ReleaseRepository extends Workspace {
  /** Commits all that has changed, and tags it. */
  tag(...versions: readonly string[]): Promise<void>;
  /** Builds, and answers with all that was printed. */
  build(...words: readonly string[]): Promise<{ exitCode: number | null; output: string }>;
  /** The folder that users download from. */
  readonly downloads: string;
  readonly scratch: string;
}

export async function createReleaseRepository(name: string): Promise<ReleaseRepository> {
  const workspace = await createWorkspace();
  const { dir } = workspace;
  await mkdir(join(dir, "node_modules/@muster"), { recursive: true });
  for (const each of ["pipeline", "recipes"])
    await symlink(join(packages, each), join(dir, "node_modules/@muster", each));
  await workspace.write(".gitignore", "node_modules\n.muster\n");
  await workspace.write("release/dummy.sh", "#!/bin/sh\nsleep 1\n", { executable: true });
  const git = (...args: string[]) =>
    run("git", ["-c", "user.name=Tester", "-c", "user.email=tester@example.org", ...args], { cwd: dir });
  await git("init", "--quiet");
  return {
    ...workspace,
    downloads: join(dir, `.muster/s3/${name}-downloads`),
    scratch: join(dir, `.muster/s3/${name}-scratch`),
    async tag(...versions) {
      await git("add", "--all");
      await git("commit", "--quiet", "--allow-empty", "--message", `Release ${versions.join(", ")}`);
      for (const version of versions) await git("tag", `v${version}`);
    },
    async build(...words) {
      const { exitCode, stdout, stderr } = await workspace.muster(
        ...["build", ...words, "--pipeline", "release/pipeline.ts"],
        // What failed is tried again after minutes, which nobody shall wait for here.
        ...["--time-scale", "60"],
      );
      return { exitCode, output: stderr + stdout };
    },
  };
}

/** The bucket of downloads as users reach it: over HTTP, with nothing but files. */
export async function serveFiles(folder: string): Promise<AsyncDisposable & { readonly url: string }> {
  const server = createServer((request, response) => {
    const file = createReadStream(join(folder, decodeURIComponent(request.url ?? "")));
    file.on("error", () => response.writeHead(404).end());
    file.pipe(response);
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    [Symbol.asyncDispose]: () =>
      new Promise((closed) => {
        server.close(() => closed());
        server.closeAllConnections();
      }),
  };
}

/** The text of a pipeline.ts: steps are written as a reader would. */
export const pipelineText = ({
  name,
  platforms,
  imports,
  values,
  flow,
  versions,
}: {
  name: string;
  platforms: readonly string[];
  imports: string;
  values: string;
  flow: string;
  /** Its scheme of versions; none is named where absent. */
  versions?: string;
}): string => `
import { activity, debianVersions, definePipeline, fixedPlatforms, forEachPlatform, forEachVersion, minutes, sequence } from "@muster/pipeline";
import { ${imports}, type Program, type SigningKey } from "@muster/recipes";

const key: SigningKey = { name: "${name}", from: { kind: "generated" } };
${values}

export default definePipeline({
  name: "${name}",
  summary: "A program to ship",${versions === undefined ? "" : `\n  versions: ${versions},`}
  platforms: fixedPlatforms(${platforms.map((each) => JSON.stringify(each)).join(", ")}),
  flow: ${flow},
  image: "/aws/service/debian/release/12/latest/amd64",
  dummyScript: "dummy.sh",
  invalidates: [],
});
`;

/** Which of some programs this machine lacks. */
export async function lacking(...programs: readonly string[]): Promise<string[]> {
  const found = await Promise.all(
    programs.map((program) =>
      run("sh", ["-c", `command -v ${program}`]).then(
        () => [],
        () => [program],
      ),
    ),
  );
  return found.flat();
}
