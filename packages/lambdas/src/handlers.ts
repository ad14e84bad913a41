import type { FunctionName } from "@muster/pipeline";
import { buildStatus } from "./build-status.ts";
import { checkForFailures } from "./check-for-failures.ts";
import { checkIfReposChanged } from "./check-if-repos-changed.ts";
import { endHealthCheck } from "./end-health-check.ts";
import { getPlatformsForVersion } from "./get-platforms-for-version.ts";
import type { Handler } from "./handler.ts";
import { healthCheck } from "./health-check.ts";
import { healthCheckWait } from "./health-check-wait.ts";
import { invalidateCloudFront } from "./invalidate-cloud-front.ts";
import { keepPage } from "./keep-page.ts";
import { normalizeResultsOfBuild } from "./normalize-results.ts";
import { notify } from "./notify.ts";
import { parseInput } from "./parse-input.ts";
import { prepareActivity } from "./prepare-activity.ts";
import { reap } from "./reap.ts";
import { repair } from "./repair.ts";
import { requestApproval } from "./request-approval.ts";
import { updateIndices } from "./update-indices.ts";

/** Every function of a stage. */
export const handlers: Readonly<Record<FunctionName, Handler>> = {
  ParseInput: parseInput,
  GetPlatformsForVersion: getPlatformsForVersion,
  PrepareActivity: prepareActivity,
  HealthCheck: healthCheck,
  HealthCheckWait: healthCheckWait,
  EndHealthCheck: endHealthCheck,
  CheckIfReposChanged: checkIfReposChanged,
  UpdateIndices: updateIndices,
  InvalidateCloudFront: invalidateCloudFront,
  NormalizeResults: normalizeResultsOfBuild,
  CheckForFailures: checkForFailures,
  RequestApproval: requestApproval,
  KeepPage: keepPage,
  Repair: repair,
  Reap: reap,
  BuildStatus: buildStatus,
  Notify: notify,
};
