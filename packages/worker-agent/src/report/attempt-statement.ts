import { Place, type TaskInput } from "@muster/pipeline";
import { maskedVariables } from "../log/mask-secrets.ts";
import type { WorkerIdentity } from "../machine/instance-identity.ts";
import type { Usage } from "../process/usage.ts";
import type { FetchedScript } from "../script/fetch-script.ts";
import type { ScriptExit } from "../script/run-script.ts";
import type { Outcome } from "./outcome.ts";

/** An object that a script uploaded, or the attempt's log. */
export interface Artifact {
  readonly uri: string;
  readonly sha256: string;
}

export interface Attempt {
  readonly task: TaskInput;
  readonly activityArn: string;
  readonly identity: WorkerIdentity;
  readonly region: string;
  /** When the worker took the task: this also tells a task's attempts apart. */
  readonly startedMs: number;
  readonly finishedMs: number;
  readonly outcome: Outcome;
  readonly scripts: Readonly<Record<string, FetchedScript | undefined>>;
  readonly env: Readonly<Record<string, string>>;
  /** Absent when nothing ran. */
  readonly exit: ScriptExit | undefined;
  readonly usage: Usage | undefined;
  readonly uploads: readonly Artifact[];
  /** False where the agent died: what it knew of the attempt is missing here. */
  readonly complete: boolean;
  readonly log: Artifact & { readonly complete: boolean };
  readonly logGroup: string;
  readonly logStream: string;
  readonly lastLines: readonly string[];
}

/** How this package runs a task; another way of running one gets another number. */
const BUILD_TYPE = "urn:muster:task:v1";

/**
 * What happened in one attempt of a task, as an in-toto statement with SLSA provenance: what was run, from what, where, and what came of it.
 * @see https://github.com/in-toto/attestation/blob/main/spec/v1/statement.md
 * @see https://slsa.dev/spec/v1.0/provenance
 */
export function attemptStatement(attempt: Attempt): object {
  const { task, identity, uploads, log, outcome, scripts } = attempt;
  const artifacts = [...uploads, log];
  return {
    _type: "https://in-toto.io/Statement/v1",
    subject: artifacts.map(({ uri, sha256 }) => ({ name: uri, digest: { sha256 } })),
    predicateType: "https://slsa.dev/provenance/v1",
    predicate: {
      buildDefinition: {
        buildType: BUILD_TYPE,
        externalParameters: {
          task: task.name,
          activity: task.activity,
          ...namesOf(task),
          debug: task.debug,
          environment: maskedVariables(attempt.env),
        },
        internalParameters: {
          execution: task.execution,
          timeoutSeconds: task.timeoutSeconds,
          heartbeatSeconds: task.heartbeatSeconds,
          region: attempt.region,
          instance: identity.instanceId,
          ...(identity.instance !== undefined && {
            imageId: identity.instance.imageId,
            instanceType: identity.instance.instanceType,
            market: identity.instance.spot ? "spot" : "on-demand",
          }),
        },
        resolvedDependencies: Object.entries(scripts).flatMap(([name, script]) =>
          script === undefined ? [] : [{ name, uri: script.url, digest: { sha256: script.sha256 } }],
        ),
      },
      runDetails: {
        builder: { id: attempt.activityArn },
        metadata: {
          invocationId: `${task.execution}/${task.name}/${new Date(attempt.startedMs).toISOString()}`,
          startedOn: new Date(attempt.startedMs).toISOString(),
          finishedOn: new Date(attempt.finishedMs).toISOString(),
        },
        byproducts: [
          {
            name: "outcome",
            annotations: {
              ...describe(outcome),
              ...exitOf(attempt),
              ...attempt.usage,
              ...(!attempt.complete && { complete: false }),
            },
          },
          {
            name: "log",
            mediaType: "application/gzip",
            uri: log.uri,
            digest: { sha256: log.sha256 },
            annotations: {
              logGroup: attempt.logGroup,
              logStream: attempt.logStream,
              complete: log.complete,
            },
          },
          {
            name: "last lines",
            mediaType: "text/plain; charset=utf-8",
            content: Buffer.from(attempt.lastLines.join("\n")).toString("base64"),
          },
        ],
      },
    },
  };
}

/** The version and platform that the task is about, as far as it is about one. */
function namesOf(task: TaskInput): object {
  const { per: _, ...names } = Place.parse(task);
  return names;
}

/** How the script ended, whatever was made of that: of a cancelled attempt nothing else tells. */
const exitOf = ({ exit }: Attempt): { exit?: number | string } => {
  const ended = exit?.signal ?? exit?.code;
  return ended === undefined ? {} : { exit: ended };
};

function describe(outcome: Outcome): object {
  switch (outcome.kind) {
    case "success":
      return { result: "success", output: outcome.output };
    case "failure":
      return { result: "failure", error: outcome.error, cause: outcome.cause };
    case "cancelled":
      return { result: "cancelled", why: outcome.why };
  }
}
