import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { interruptByFaultInjection } from "./fault-injection.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "muster-fis-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** AWS's command line, as far as it is asked: writes down its words, each on a line. */
function playAws(script: string): void {
  writeFileSync(join(folder, "aws"), `#!/bin/bash\nprintf '%s\\n' "$@" >> ${folder}/called\n${script}\n`, {
    mode: 0o755,
  });
  vi.stubEnv("PATH", [folder, process.env.PATH].join(delimiter));
}
const options = { region: "us-west-2", account: "111122223333", role: "arn:aws:iam::111122223333:role/fis" };

test("a spot instance is interrupted as AWS does, and nothing is left behind", async () => {
  playAws('case "$2" in create-*) echo \'{"experimentTemplate": {"id": "EXT1"}}\';; *) echo {};; esac');
  await interruptByFaultInjection("i-0123456789abcdef0", options);
  const called = readFileSync(join(folder, "called"), "utf8").split("\n");
  expect(called.filter((word) => word.endsWith("-template") || word.endsWith("-experiment"))).toEqual([
    "create-experiment-template",
    "start-experiment",
    "delete-experiment-template",
  ]);
  expect(JSON.parse(called[3] ?? "")).toMatchObject({
    roleArn: options.role,
    targets: { worker: { resourceArns: ["arn:aws:ec2:us-west-2:111122223333:instance/i-0123456789abcdef0"] } },
    actions: {
      interrupt: { actionId: "aws:ec2:send-spot-instance-interruptions", targets: { SpotInstances: "worker" } },
    },
  });
});

test("what AWS refuses is one line, and its template goes all the same", async () => {
  playAws(`case "$2" in
    create-*) echo '{"experimentTemplate": {"id": "EXT1"}}';;
    start-*) printf '\\nAn error occurred (AccessDeniedException): no\\nmore\\n' >&2; exit 254;;
    *) echo {};; esac`);
  await expect(interruptByFaultInjection("i-0123456789abcdef0", options)).rejects.toMatchObject({
    message: "aws fis start-experiment failed: An error occurred (AccessDeniedException): no",
  });
  expect(readFileSync(join(folder, "called"), "utf8")).toContain("delete-experiment-template");
});

test("where there is no AWS command line, that is said", async () => {
  vi.stubEnv("PATH", folder);
  await expect(interruptByFaultInjection("i-0123456789abcdef0", options)).rejects.toMatchObject({
    message: "the AWS command line is not installed",
  });
});
