import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "vitest";
import { killAll, processesWith } from "../own-processes.ts";
import type { Outcome } from "../run-muster.ts";
import type { Workspace } from "../workspace.ts";
import { waits, writeBatteryPipeline } from "./battery-pipeline.ts";

interface Status {
  readonly name: string;
  readonly state: string;
  readonly steps: readonly {
    readonly key: string;
    readonly attempts: readonly { readonly instance?: string; readonly error?: string }[];
  }[];
}

const task = "Make-1.2.3";
const LARGE = 12 * 2 ** 20;

/**
 * Every command of a shipped form on one small pipeline: a build whose command is killed, and then a worker of it, goes on to its end; the
 * commands that read it tell of it; the others are asked while the endpoint is kept up. Fails for a command that help lists and nothing here asks.
 */
export async function commandBattery(workspace: Workspace): Promise<void> {
  const pipeline = await writeBatteryPipeline(workspace);
  const asked = new Set<string>();
  const ask = async (...words: string[]): Promise<Outcome> => {
    asked.add(words[0] ?? "");
    const outcome = await workspace.muster(...pipeline, ...words);
    expect(outcome.exitCode, `${words.join(" ")}: ${outcome.stderr}`).toBe(0);
    return outcome;
  };
  await buildThroughKills(workspace, pipeline);
  const status = JSON.parse((await ask("status", "--json")).stdout) as Status;
  await tellsOfTheBuild(ask, status, workspace);
  await keepsTheEndpoint(workspace, { ask, pipeline });
  await takesBack(workspace, { ask, pipeline });
  // Nothing waits for a person here.
  const approval = await workspace.muster("approve", "1.2.3", ...pipeline);
  expect(approval).toMatchObject({ exitCode: 2, stderr: expect.stringContaining("has ended already") });
  for (const other of ["approve", "local", "kill-test-workers"]) asked.add(other);
  const help = JSON.parse((await ask("help", "--json")).stdout) as { commands: { name: string }[] };
  expect([...asked].sort()).toEqual(help.commands.map(({ name }) => name).sort());
}

type Ask = (...words: string[]) => Promise<Outcome>;

async function buildThroughKills(workspace: Workspace, pipeline: readonly string[]): Promise<void> {
  const words = ["build", "1.2.3", ...pipeline];
  const first = workspace.start(...words);
  await until(() => waits(workspace, "first"));
  first.process.kill("SIGKILL");
  await first.ended;
  const second = workspace.start(...words);
  await until(() => waits(workspace, "second"));
  const [, instance = ""] = await second.saw(/Make-1\.2\.3 (?:started|is running) on (i-[0-9a-f]+)/);
  killAll(processesWith(`MUSTER_INSTANCE=${instance}`));
  const { exitCode, stderr } = await second.ended;
  expect(exitCode, stderr).toBe(0);
  expect(stderr).toContain("going on with the build");
  const published = await stat(join(workspace.dir, ".muster/s3/battery-downloads/1.2.3/large"));
  expect(published.size).toBe(LARGE);
}

async function tellsOfTheBuild(ask: Ask, { name, state, steps }: Status, { dir }: Workspace): Promise<void> {
  expect(state).toBe("succeeded");
  const attempts = steps.find(({ key }) => key === task)?.attempts ?? [];
  expect(attempts.map(({ error }) => error)).toEqual([
    "Muster.WorkerInterrupted",
    "Muster.WorkerInterrupted",
    undefined,
  ]);
  const last = attempts.at(-1)?.instance ?? "";
  const log = await ask("logs", task);
  expect(log.stdout.match(/making 1\.2\.3 with tools/g)).toHaveLength(3);
  expect(log.stdout).not.toContain("publishing");
  expect((await ask("logs", last)).stdout).toContain("made 1.2.3");
  const third = await ask("logs", task, "--attempt", "3", "--grep", "making", "--timestamps", "--since", "1d");
  expect(third.stdout).toMatch(/^\S+Z making 1\.2\.3 with tools\n$/);
  expect((await ask("logs", name, "--follow")).stdout).toMatch(/^Make-1\.2\.3 +│ made 1\.2\.3$/m);
  expect((await ask("logs", "Publish-1.2.3-debian-12-bookworm")).stdout).toMatch(/publishing 1\.2\.3 under \d+/);
  const why = await ask("why", task);
  expect(why.stdout).toMatch(new RegExp(`^${task} succeeded in .* on ${last}, at the third attempt`));
  expect(why.stdout).toContain("another attempt");
  expect((await ask("workers")).stdout).toBe("no workers\n");
  const { ForEachVersion } = JSON.parse((await ask("results")).stdout);
  expect(ForEachVersion["1.2.3"].Make.success.ec2).toBe(last);
  expect((await ask("matrix", "1.2.3")).stdout).toMatch(/succeeded +Publish/);
  expect((await ask("artifacts", "1.2.3")).stdout).toMatch(/^1\.2\.3: \d+ objects of 2 tasks, /);
  expect(JSON.parse((await ask("artifacts", "1.2.3", "--json")).stdout).objects[0].madeBy.attempt).toBe(3);
  expect((await ask("verify", "1.2.3")).stdout).toMatch(/^1\.2\.3: all \d+ objects are good; /);
  expect(JSON.parse((await ask("asl", "--json")).stdout)).toHaveProperty("StartAt");
  expect((await ask("build", "1.2.3", "--plan")).stdout).toContain("0 of 2 tasks would run");
  const anew = await ask("build", "1.2.3", "--rerun", "Publish", "--plan");
  expect(anew.stdout).toMatch(/^1 of 2 tasks would run[\s\S]*^run +Publish .*made again \(--rerun\), although /m);
  const plan = JSON.parse((await ask("build", "1.2.4", "--plan", "--json")).stdout);
  expect(plan.steps).toMatchObject([
    { activity: "Make", run: true, secondsFrom: "records" },
    { activity: "Publish", run: true, secondsFrom: "records" },
  ]);
  expect(plan.whole).toMatchObject({ seconds: expect.any(Number), dollars: 0, tasksOfUnknownTime: 0 });
  const simulated = JSON.parse((await ask("simulate", "1.2.3", "--seeds", "1", "--json")).stdout);
  expect(simulated).toMatchObject({
    times: [{ from: "records" }, { from: "records" }],
    results: [{ faults: "calm", policy: "default", failed: [], violations: [] }],
  });
  await ask("init", "--yes", "--dir", "started", "--name", "started", "--json");
  expect(await readFile(join(dir, "started/pipeline.ts"), "utf8")).toContain("started");
  expect((await ask("task", task)).stdout).toMatch(/^Make-1\.2\.3 succeeded/m);
  const again = JSON.parse((await ask("repro", task, "--run", "--json")).stdout);
  expect(again).toMatchObject({ attempt: 3, run: { verdict: "succeeds as it did", exitCode: 0 } });
  expect((await ask("help", "build")).stdout).toContain("--plan");
  expect((await ask("audit")).stdout).toMatch(/^0 orphans: looked at 0 machines, 0 running builds, /);
  expect((await ask("notifications")).stdout).toMatch(
    /^1\.2\.3_\S+ succeeded: nobody is told of it\n· mail {2}topic, is not told by this stage\n$/,
  );
  expect((await ask("doctor")).stdout).toMatch(/^✔ +scripts +every script can run$/m);
  await ask("report", "--html", "build.html");
  expect(await readFile(join(dir, "build.html"), "utf8")).toMatch(/<title>1\.2\.3_.*: succeeded<\/title>/);
  expect(await readFile((await ask("report")).stdout.trim(), "utf8")).toContain(`<title>${name}: succeeded</title>`);
  await keepsItsShapes(ask, name);
  expect((await ask("completion", "bash")).stdout).toContain("complete -F _muster muster");
  expect(await offered(ask, "build", "1")).toBe("1.2.3\tversion\n");
  expect(await offered(ask, "build", "--rerun", "Mak")).toBe("Make\tstep, per version\n");
  expect(await offered(ask, "logs", "Pub")).toMatch(/^Publish-1\.2\.3-.*\tsucceeded$/m);
}

async function takesBack(
  { dir, muster }: Workspace,
  { ask, pipeline }: { ask: Ask; pipeline: readonly string[] },
): Promise<void> {
  const { tasks } = JSON.parse((await ask("withdraw", "1.2.3", "--plan", "--json")).stdout);
  expect(tasks).toMatchObject([{ step: "Publish", does: "takes-back" }]);
  expect((await ask("withdraw", "1.2.3", "--reason", "bad")).stdout).toContain("1 task done, 1 skipped, 0 failed");
  await expect(stat(join(dir, ".muster/s3/battery-downloads/1.2.3/large"))).rejects.toMatchObject({ code: "ENOENT" });
  expect((await ask("withdraw", "1.2.3")).stdout).toMatch(
    /^1\.2\.3 was withdrawn by .* \(bad\): nothing of it is left/,
  );
  const refused = await muster("build", "1.2.3", ...pipeline);
  expect(refused).toMatchObject({ exitCode: 2, stderr: expect.stringContaining("--republish") });
}

/** What a shell is offered: nothing, where a busy machine took longer than its user waits. */
async function offered(ask: Ask, ...words: string[]): Promise<string> {
  for (let asked = 1; ; asked++) {
    const { stdout } = await ask("completion", "words", "--", ...words);
    if (stdout !== "" || asked === 20) return stdout;
  }
}

/** What programs read of a build: whatever is asked for with `--json` is held against its command's schema where the command is run. */
async function keepsItsShapes(ask: Ask, build: string): Promise<void> {
  const reading = [
    "status --list",
    `status ${build}`,
    `why ${task}`,
    "workers",
    "results",
    "matrix 1.2.3",
    "audit",
    "notifications",
    "doctor",
    "report",
  ];
  for (const command of [...reading, `logs ${task}`, "help status", "report --html again.html"])
    JSON.parse((await ask(...command.split(" "), "--json")).stdout);
}

async function keepsTheEndpoint(
  workspace: Workspace,
  { ask, pipeline }: { ask: Ask; pipeline: readonly string[] },
): Promise<void> {
  const local = workspace.start("local", "--port", "0", "--json", ...pipeline);
  try {
    const [, pages = ""] = await local.saw(/"pages": "(.*)"[\s\S]*^\}$/m);
    expect(await (await fetch(pages)).text()).toContain("Builds of battery");
    const waiting = (await ask("build", "1.2.4", "--skip-ec2", "--no-follow")).stdout.trim();
    await ask("run-test-workers", "--json");
    expect((await ask("status", waiting, "--follow")).stdout).toContain("succeeded");
    const log = join(workspace.dir, ".muster/test-workers/Make.log");
    expect(await readFile(log, "utf8")).toContain("dummy for Make-1.2.4");
    const { url: link } = JSON.parse((await ask("report", waiting, "--share", "24h", "--json")).stdout);
    expect(await (await fetch(link)).text()).toContain(`<title>${waiting}: succeeded</title>`);
    const shown = workspace.start("status", waiting, "--serve", "--json", ...pipeline);
    const [, url = ""] = await shown.saw(/"url": "(.*)"/);
    expect(await (await fetch(url)).text()).toContain(`<title>${waiting}: succeeded</title>`);
    shown.process.kill("SIGINT");
    expect((await shown.ended).exitCode).toBe(0);
    const begun = (await ask("build", "2.0.0", "--no-follow", "--json")).stdout;
    const endless = (JSON.parse(begun) as { name: string }).name;
    expect(JSON.parse((await ask("stop", endless, "--json")).stdout)).toEqual({ stopped: endless });
    // It failed, and status says so by its exit code too.
    const stopped = await workspace.muster("status", endless, ...pipeline);
    expect(stopped).toMatchObject({ exitCode: 1, stdout: expect.stringContaining("aborted") });
    expect((await ask("why", "Publish-2.0.0-debian-12-bookworm")).stdout).toContain("the build was stopped by");
    expect((await ask("retry", endless, "--plan")).stdout).toMatch(
      /a retry of .*\n +again +Make +2\.0\.0 +was cut off\n/,
    );
  } finally {
    await workspace.muster("kill-test-workers", "--json", ...pipeline);
    local.process.kill("SIGINT");
    await local.ended;
  }
}

/** Real processes come and go in their own time. */
async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await sleep(50);
}
