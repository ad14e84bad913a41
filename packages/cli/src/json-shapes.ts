import type { ApproveJson } from "./approvals/approve-step.ts";
import type { ArtifactsJson } from "./artifacts/artifacts-json.ts";
import type { AuditJson } from "./audit/show-audit.ts";
import type { CommandDescription, HelpJson } from "./describe-commands.ts";
import type { DoctorJson } from "./doctor/show-doctor.ts";
import type { FailuresJson } from "./failures/json-of-failures.ts";
import type { BuildSummary } from "./history/find-build.ts";
import type { BuildStatusJson } from "./history/report-build.ts";
import type { StopJson } from "./history/stop-build.ts";
import type { LocalJson } from "./keep-local-stage.ts";
import type { LogsJson } from "./logs/print-log.ts";
import type { NotificationsJson } from "./notifications/show-notifications.ts";
import type { ServedBuildJson } from "./pages/serve-build.ts";
import type { PlanJson } from "./plan/plan-report.ts";
import type { SharedPageJson } from "./report/share-page.ts";
import type { KeptPageJson } from "./report/show-kept-page.ts";
import type { ReportJson } from "./report/write-report.ts";
import type { BuildJson } from "./report-outcome.ts";
import type { ReproJson } from "./repro/repro-report.ts";
import type { RetryJson } from "./retry/retry-build.ts";
import type { StartedJson } from "./run-build.ts";
import type { InitJson } from "./run-init.ts";
import type { MatrixJson } from "./show-matrix.ts";
import type { TaskJson } from "./task/report-task.ts";
import type { EndedTestWorkerJson } from "./test-workers/kill-test-workers.ts";
import type { TestWorkerJson } from "./test-workers/run-test-workers.ts";
import type { VerifyJson } from "./verify/verify-json.ts";
import type { WhyJson } from "./why/show-why.ts";
import type { WorkerJson } from "./workers/list-workers.ts";

/** What each command prints with `--json`: JSON schemas are made of these types, in `schemas/`. */
export interface JsonShapes {
  readonly approve: ApproveJson;
  readonly artifacts: ArtifactsJson;
  /** The state machine, in Amazon States Language. */
  readonly asl: { readonly StartAt: string; readonly States: object; readonly [field: string]: unknown };
  readonly audit: AuditJson;
  readonly build: BuildJson;
  readonly "build --no-follow": StartedJson;
  readonly "build --plan": PlanJson;
  readonly doctor: DoctorJson;
  readonly help: HelpJson;
  readonly "help <command>": CommandDescription;
  readonly init: InitJson;
  readonly "kill-test-workers": readonly EndedTestWorkerJson[];
  readonly local: LocalJson;
  readonly logs: LogsJson;
  readonly matrix: MatrixJson;
  readonly notifications: NotificationsJson;
  readonly report: KeptPageJson;
  readonly "report --html": ReportJson;
  readonly "report --share": SharedPageJson;
  /** The build's output, as its pipeline's flow gives it. */
  readonly results: object;
  readonly retry: BuildJson;
  readonly "retry --no-follow": StartedJson;
  readonly "retry --plan": RetryJson;
  readonly "run-test-workers": readonly TestWorkerJson[];
  readonly status: BuildStatusJson & Partial<FailuresJson>;
  readonly "status --list": readonly BuildSummary[];
  readonly "status --serve": ServedBuildJson;
  readonly stop: StopJson;
  readonly task: TaskJson;
  readonly verify: VerifyJson;
  readonly repro: ReproJson;
  readonly why: WhyJson;
  readonly workers: readonly WorkerJson[];
}
