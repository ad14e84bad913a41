import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type Activity, mayTouch, scriptFile, type Task } from "@muster/pipeline";
import type { ObjectPlace } from "@muster/records";
import { agentProgram, installCommands, maskedVariables, SYSTEM_PATH } from "@muster/worker-agent";
import type { Env } from "../env.ts";
import type { Stage } from "../stages/stage.ts";
import { NO_METADATA } from "../task/worker-here.ts";
import { UsageError } from "../usage-error.ts";
import { endThere } from "./compare-ends.ts";
import type { FoundAttempt } from "./find-attempt.ts";
import { fetchPinned, type PinnedFile } from "./pinned-file.ts";
import type { ReproJson, ReproScriptFile } from "./repro-report.ts";
import { reproScript } from "./repro-script.ts";
import { secretsOf, type TaskToRepeat, taskToRepeat } from "./task-to-repeat.ts";

export interface ReproPlace {
  readonly stage: Stage;
  /** There, and empty. */
  readonly folder: string;
  readonly env: Env;
  /** Whether what it sends elsewhere is sent. */
  readonly publish: boolean;
}

/** An attempt, ready to be done again in its folder. */
export interface Repro {
  readonly found: FoundAttempt;
  readonly activity: Activity | undefined;
  readonly task: TaskToRepeat;
  readonly home: string;
  readonly text: string;
  /** As `--json` prints it before anything has run. */
  readonly report: ReproJson;
}

/**
 * Puts an attempt's scripts into a folder, and beside them one that does it by hand.
 * @throws UsageError where the record does not say what ran, or that is gone
 */
export async function prepareRepro(found: FoundAttempt, place: ReproPlace): Promise<Repro> {
  const { stage, folder, env, publish } = place;
  const { record, number } = found;
  const activity = stage.pipeline.activities.find(({ name }) => name === record.activity);
  if (record.script === undefined) {
    throw new UsageError(`the record of attempt ${number} of ${found.task} names no digest of its script`, {
      hint: `muster task ${found.task} runs the script as it is now`,
    });
  }
  const nowOf = (path: string | undefined) => (path === undefined ? undefined : scriptFile(stage.pipelineFolder, path));
  const fetched = (role: "script" | "init", script: NonNullable<typeof record.script>) =>
    fetchPinned(script, { stage, folder: join(folder, role), now: nowOf(activity?.[role]), task: found.task });
  const script = await fetched("script", record.script);
  const init = record.init && (await fetched("init", record.init));
  const task = taskToRepeat(found, {
    activity,
    script,
    init,
    buckets: stage.description.buckets,
    logGroup: stage.description.logGroups[record.activity] ?? "/muster/none",
    dry: !publish,
  });
  // Whose home a worker had that was no machine of its own: this user's. Another's is not to be had here.
  const home = record.environment.HOME === env.home ? env.home : join(folder, "home");
  const bin = join(folder, "bin");
  await mkdir(bin, { recursive: true });
  await Promise.all([mkdir(join(folder, "home"), { recursive: true }), installCommands(bin, agentProgram())]);
  const text = reproScript({
    head: headOf(found, script),
    folder,
    variables: variablesByHand(found, { folder, home, bin }),
    env: task.input.env,
    missing: task.missing,
    script: script.file,
    init: init?.file,
  });
  const file = join(folder, "repro.sh");
  await writeFile(file, text, { mode: 0o755 });
  return { found, activity, task, home, text, report: reportOf(found, { folder, file, script, init, task, activity }) };
}

/** Who runs it by hand has no objects, unless he names who serves them; and by no accident the account that he is signed in to. */
function variablesByHand(
  { record, task }: FoundAttempt,
  { folder, home, bin }: { folder: string; home: string; bin: string },
): Record<string, string> {
  const { SECRET_PREFIX, IMAGE_PREFIX, VOLUME_PREFIX, AWS_REGION = "us-west-2" } = record.environment;
  return {
    PATH: `${bin}:${SYSTEM_PATH}`,
    HOME: home,
    LANG: "C.UTF-8",
    TMPDIR: join(folder, "tmp"),
    AWS_REGION,
    AWS_DEFAULT_REGION: AWS_REGION,
    AWS_CONFIG_FILE: "/dev/null",
    AWS_SHARED_CREDENTIALS_FILE: "/dev/null",
    AWS_EC2_METADATA_SERVICE_ENDPOINT: NO_METADATA,
    AWS_ENDPOINT_URL: NO_METADATA,
    ...(SECRET_PREFIX !== undefined && { SECRET_PREFIX }),
    ...(IMAGE_PREFIX !== undefined && { IMAGE_PREFIX }),
    ...(VOLUME_PREFIX !== undefined && { VOLUME_PREFIX }),
    MUSTER_TASK: task,
    MUSTER_INSTANCE: "this-machine",
    MUSTER_RESULT: join(folder, "result.json"),
  };
}

const headOf = ({ task, build, number, end, record }: FoundAttempt, script: PinnedFile): string[] => [
  `${task}, attempt ${number} of the build ${build}: it ${endThere(end).words} on ${record.instance}.`,
  `Its script has the SHA-256 ${script.sha256}.`,
  "By hand it finds no objects: nothing answers AWS_ENDPOINT_URL. muster repro serves it copies of the stage's",
  "(--run runs it so, --shell opens a shell), and nothing that it writes there reaches the stage.",
];

interface Prepared {
  readonly folder: string;
  readonly file: string;
  readonly script: PinnedFile;
  readonly init: PinnedFile | undefined;
  readonly task: TaskToRepeat;
  readonly activity: Activity | undefined;
}

function reportOf(found: FoundAttempt, { folder, file, script, init, task, activity }: Prepared): ReproJson {
  const { record, build, number, attempts, end } = found;
  return {
    task: found.task,
    build,
    attempt: number,
    attempts,
    instance: record.instance,
    instanceType: record.instanceType ?? null,
    startedAt: record.startedAt.toISOString(),
    seconds: Math.round((record.finishedAt.getTime() - record.startedAt.getTime()) / 1000),
    end: endThere(end),
    folder,
    reproScript: file,
    script: fileOf(script),
    init: init === undefined ? null : fileOf(init),
    environment: maskedVariables(task.input.env),
    missing: [...secretsOf(activity), ...task.missing.map((name) => `the value of ${name}`)],
    run: null,
  };
}

const fileOf = ({ file, sha256, url, changedSince }: PinnedFile): ReproScriptFile => ({
  file,
  sha256,
  url,
  changedSince: changedSince ?? null,
});

/** Whether an object is one that the attempt uploaded, or that its task writes. */
export function writesOf({ found, activity, task }: Repro, { buckets }: Stage["description"]) {
  const roles = Object.entries(buckets) as [keyof typeof buckets, string][];
  const words = (name: string) => (task.input.env[name] ?? "").split(" ").filter((word) => word !== "");
  const { place } = found.record;
  const subject = {
    ...place,
    platforms: words("PLATFORMS"),
    buildPlatforms: words("BUILD_PLATFORMS"),
    versions: words("VERSIONS"),
    failedVersions: words("FAILED_VERSIONS"),
  };
  const uploads = new Set(found.record.uploads);
  return ({ bucket, key }: ObjectPlace): boolean => {
    if (uploads.has(`s3://${bucket}/${key}`)) return true;
    const role = roles.find(([, name]) => name === bucket)?.[0];
    if (role === undefined || activity === undefined || activity.per !== place.per) return false;
    return mayTouch({ activity, subject } as unknown as Task, "writes", { bucket: role, key });
  };
}
