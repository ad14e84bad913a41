import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { writeProbePipeline } from "./probe-pipeline.ts";
import { muster } from "./run-muster.ts";
import { createWorkspace } from "./workspace.ts";

/** A home folder of usual length, and the socket of the longest name that gpg-agent makes, with room for a longer one. */
const PROJECT = "/home/jordan/projects/website";
const SOCKET = "S.a-socket-of-thirty-character";

/** The kernel refuses an address that is too long; names in folders of the task's own are as long as where the project lies. */
const listen = `
import os, socket, sys
for folder in (os.environ["TMPDIR"], os.getcwd()):
    path = os.path.join(folder, "${SOCKET}")
    server = socket.socket(socket.AF_UNIX)
    server.bind(path)
    server.listen()
    client = socket.socket(socket.AF_UNIX)
    client.connect(path)
    print("a socket of", len(path))
`;

test("sockets fit into a task's folders, and a script's PATH holds nothing of the caller's", async () => {
  await using workspace = await createWorkspace();
  const below = workspace.dir.length - PROJECT.length;
  expect(below, "a workspace as deep as a project").toBeLessThanOrEqual(0);
  const cwd = join(workspace.dir, "d".repeat(-below - 1));
  await workspace.write("mine/a-tool-of-mine", "#!/bin/sh\n", { executable: true });
  await workspace.write("listen.py", listen);
  const pipeline = await writeProbePipeline(workspace, {
    init: `export PATH=$PATH:${join(workspace.dir, "tools")}`,
    MakeSource: `echo "PATH $PATH"; python3 ${join(workspace.dir, "listen.py")}`,
  });
  const PATH = `${join(workspace.dir, "mine")}:${process.env.PATH}`;
  await workspace.write(join(cwd.slice(workspace.dir.length + 1), "here"), "");
  const { exitCode, stdout } = await muster(["build", "1.2.3", "MakeSource", ...pipeline], { cwd, env: { PATH } });
  const logs = await muster(["logs", "MakeSource-1.2.3", ...pipeline], { cwd });
  expect(exitCode, stdout + logs.stdout).toBe(0);
  expect(cwd).toHaveLength(PROJECT.length);
  const lengths = Array.from(logs.stdout.matchAll(/a socket of (\d+)/g), ([, length]) => Number(length));
  expect(lengths).toHaveLength(2);
  const [, path = ""] = /PATH (.*)/.exec(logs.stdout) ?? [];
  const folders = path.split(":").filter((folder) => !folder.startsWith(join(cwd, ".muster")));
  expect(folders).toEqual([
    ..."/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin".split(":"),
    join(workspace.dir, "tools"),
  ]);
  expect(await readFile(join(cwd, ".muster/s3/probe-scratch/source-1.2.3.txt"), "utf8")).toBe("MakeSource-1.2.3\n");
});

test.each([
  { ends: "well", Publish: "true", exitCode: 0, success: "true" },
  { ends: "badly", Publish: "exit 3", exitCode: 1, success: "false" },
])("what runs after the last task comes to its end, where the build ends $ends", async ({ Publish, ...expected }) => {
  await using workspace = await createWorkspace();
  const pipeline = await writeProbePipeline(workspace, {
    Publish,
    afterPublish: 'echo "$SUCCESS" >log && sleep 3 && muster-s3 cp log "s3://$DOWNLOADS_BUCKET/log.txt"',
  });
  const { exitCode, stdout, stderr } = await workspace.muster("build", "1.2.3", ...pipeline, "--time-scale", "100");
  expect(exitCode, stdout).toBe(expected.exitCode);
  expect(stderr).toContain("waiting for what runs after Publish-1.2.3; Ctrl-C interrupts\n");
  const log = await readFile(join(workspace.dir, ".muster/s3/probe-downloads/log.txt"), "utf8");
  expect(log).toBe(`${expected.success}\n`);
});
