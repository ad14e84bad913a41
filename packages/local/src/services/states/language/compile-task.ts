import { LONGEST_SECONDS, readBase, readResult } from "./compile-base.ts";
import type { FieldReader } from "./field-reader.ts";
import type { Path } from "./json-path.ts";
import type { TaskState } from "./state.ts";
import { parseTaskResource } from "./task-resource.ts";

export function compileTask(name: string, fields: FieldReader): TaskState | undefined {
  const text = fields.string("Resource");
  const resource = parseTaskResource(text ?? "");
  if (resource === undefined) {
    fields.problem(
      "Resource",
      `The resource '${text ?? ""}' of the state '${name}' is not supported: use a Lambda function's ARN, an activity's ARN, or arn:aws:states:::lambda:invoke[.waitForTaskToken]`,
      "INVALID_RESOURCE",
    );
  }
  const timeoutSeconds = readSeconds(fields, "TimeoutSeconds");
  const heartbeatSeconds = readSeconds(fields, "HeartbeatSeconds");
  if (
    typeof heartbeatSeconds === "number" &&
    heartbeatSeconds >= (typeof timeoutSeconds === "number" ? timeoutSeconds : LONGEST_SECONDS)
  ) {
    fields.problem(
      "HeartbeatSeconds",
      "The value for the field 'HeartbeatSeconds' must be smaller than TimeoutSeconds",
    );
  }
  const parameters = fields.template("Parameters");
  if (resource?.kind === "lambda:invoke") checkInvokeParameters(fields);
  const base = { ...readBase(name, fields), ...readResult(fields) };
  // Whoever runs this machine runs everything on it, so there is no other role to assume.
  fields.template("Credentials");
  return resource && { type: "Task", ...base, resource, parameters, timeoutSeconds, heartbeatSeconds };
}

function checkInvokeParameters(fields: FieldReader): void {
  const parameters = fields.object("Parameters");
  if (parameters === undefined) {
    fields.problem("Parameters", "The field 'Parameters' is required for lambda:invoke");
    return;
  }
  if (!parameters.has("FunctionName") && !parameters.has("FunctionName.$")) {
    parameters.problem("", "The field 'FunctionName' is required for lambda:invoke");
  }
  for (const field of ["Payload", "InvocationType", "Qualifier", "ClientContext", "LogType"]) {
    parameters.has(field);
    parameters.has(`${field}.$`);
  }
  parameters.finish("lambda:invoke");
}

function readSeconds(fields: FieldReader, field: string): number | Path | undefined {
  fields.atMostOne(field, `${field}Path`);
  if (fields.has(`${field}Path`)) return fields.requiredPath(`${field}Path`);
  return fields.number(field, { least: 1, most: LONGEST_SECONDS });
}
