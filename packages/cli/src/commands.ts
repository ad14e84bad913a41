import type { Command } from "./command.ts";
import approve from "./commands/approve.ts";
import artifacts from "./commands/artifacts.ts";
import asl from "./commands/asl.ts";
import audit from "./commands/audit.ts";
import build from "./commands/build.ts";
import { completion } from "./commands/completion.ts";
import doctor from "./commands/doctor.ts";
import { help } from "./commands/help.ts";
import init from "./commands/init.ts";
import killTestWorkers from "./commands/kill-test-workers.ts";
import local from "./commands/local.ts";
import logs from "./commands/logs.ts";
import matrix from "./commands/matrix.ts";
import notifications from "./commands/notifications.ts";
import report from "./commands/report.ts";
import repro from "./commands/repro.ts";
import results from "./commands/results.ts";
import retry from "./commands/retry.ts";
import runTestWorkers from "./commands/run-test-workers.ts";
import simulate from "./commands/simulate.ts";
import status from "./commands/status.ts";
import stop from "./commands/stop.ts";
import task from "./commands/task.ts";
import verify from "./commands/verify.ts";
import why from "./commands/why.ts";
import withdraw from "./commands/withdraw.ts";
import workers from "./commands/workers.ts";

/** Every command, in the order in which help lists them. */
export const commands: readonly Command[] = [
  build,
  status,
  why,
  results,
  report,
  logs,
  workers,
  matrix,
  artifacts,
  verify,
  withdraw,
  approve,
  stop,
  retry,
  task,
  repro,
  simulate,
  asl,
  local,
  audit,
  doctor,
  notifications,
  init,
  runTestWorkers,
  killTestWorkers,
  completion(() => commands),
  help(() => commands),
];
