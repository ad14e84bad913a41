import { AwsError } from "../../../aws-error.ts";
import type { Operation } from "../../../service.ts";
import { EventCode } from "../interpreter/event-codes.ts";
import { endExecution } from "../interpreter/step.ts";
import type { StateMachineRecord } from "../journal/metadata-journal.ts";
import { compileDefinition } from "../language/compile-definition.ts";
import type { Problem } from "../language/field-reader.ts";
import type { StatesContext } from "../states-context.ts";
import {
  checkArn,
  checkName,
  checkRoleArn,
  type Input,
  includesData,
  optionalBoolean,
  optionalString,
  requiredString,
  shorterThan,
} from "./check-input.ts";
import { pageOf } from "./paging.ts";
import { readTags } from "./tag-operations.ts";

const LONGEST_DEFINITION_BYTES = 1_048_576;

export const stateMachineOperations = (context: StatesContext): Record<string, Operation> => ({
  ...changeOperations(context),
  ...describeOperations(context),
  ...endOperations(context),
  ...definitionOperations(),
});

function find({ catalog }: StatesContext, input: Input): StateMachineRecord {
  const arn = checkArn(requiredString(input, "stateMachineArn"), "stateMachine");
  const found = catalog.stateMachines.get(arn);
  if (found === undefined) throw new AwsError("StateMachineDoesNotExist", `State Machine Does Not Exist: '${arn}'`);
  return found;
}

function changeOperations(context: StatesContext): Record<string, Operation> {
  const { catalog, clock } = context;
  return {
    CreateStateMachine(input: Input) {
      const name = checkName(requiredString(input, "name"));
      const text = checkDefinition(requiredString(input, "definition"));
      const roleArn = checkRoleArn(requiredString(input, "roleArn"));
      const type = optionalString(input, "type") ?? "STANDARD";
      if (type !== "STANDARD") {
        throw new AwsError(
          "StateMachineTypeNotSupported",
          `State Machine Type Not Supported: '${type}': only STANDARD state machines run here`,
        );
      }
      refuseVersions(input);
      const tags = readTags(input.tags);
      const arn = context.arnOf("stateMachine", name);
      const { loggingConfiguration, tracingConfiguration } = input;
      const existing = catalog.stateMachines.get(arn);
      if (existing !== undefined) {
        const same =
          catalog.definitionText(existing.definitionHash) === text &&
          JSON.stringify([existing.loggingConfiguration, existing.tracingConfiguration]) ===
            JSON.stringify([loggingConfiguration, tracingConfiguration]);
        if (!same) throw new AwsError("StateMachineAlreadyExists", `State Machine Already Exists: '${arn}'`);
        return { stateMachineArn: arn, creationDate: new Date(existing.createdAtMs) };
      }
      const nowMs = clock.now();
      const definitionHash = catalog.addDefinition(text);
      catalog.change({
        kind: "stateMachine",
        stateMachine: {
          arn,
          name,
          roleArn,
          definitionHash,
          createdAtMs: nowMs,
          updatedAtMs: nowMs,
          revisionId: undefined,
          loggingConfiguration,
          tracingConfiguration,
        },
      });
      if (Object.keys(tags).length > 0) catalog.change({ kind: "tags", arn, tags });
      return { stateMachineArn: arn, creationDate: new Date(nowMs) };
    },

    UpdateStateMachine(input: Input) {
      const existing = find(context, input);
      refuseVersions(input);
      const text = optionalString(input, "definition");
      const roleArn = optionalString(input, "roleArn");
      const { loggingConfiguration, tracingConfiguration } = input;
      if (
        text === undefined &&
        roleArn === undefined &&
        loggingConfiguration === undefined &&
        tracingConfiguration === undefined
      ) {
        throw new AwsError(
          "MissingRequiredParameter",
          "Either the definition, the role ARN, the LoggingConfiguration, or the TracingConfiguration must be specified",
        );
      }
      const definitionHash =
        text === undefined ? existing.definitionHash : catalog.addDefinition(checkDefinition(text));
      const updatedAtMs = clock.now();
      const revisionId = context.random.uuid();
      catalog.change({
        kind: "stateMachine",
        stateMachine: {
          ...existing,
          definitionHash,
          roleArn: roleArn === undefined ? existing.roleArn : checkRoleArn(roleArn),
          updatedAtMs,
          revisionId,
          loggingConfiguration: loggingConfiguration ?? existing.loggingConfiguration,
          tracingConfiguration: tracingConfiguration ?? existing.tracingConfiguration,
        },
      });
      return { updateDate: new Date(updatedAtMs), revisionId };
    },
  };
}

function describeOperations(context: StatesContext): Record<string, Operation> {
  const { catalog } = context;
  return {
    DescribeStateMachine(input: Input) {
      const found = find(context, input);
      return {
        stateMachineArn: found.arn,
        name: found.name,
        status: "ACTIVE",
        ...(includesData(input) ? { definition: catalog.definitionText(found.definitionHash) } : {}),
        roleArn: found.roleArn,
        type: "STANDARD",
        creationDate: new Date(found.createdAtMs),
        loggingConfiguration: found.loggingConfiguration ?? { level: "OFF", includeExecutionData: false },
        tracingConfiguration: found.tracingConfiguration ?? { enabled: false },
        revisionId: found.revisionId,
      };
    },

    DescribeStateMachineForExecution(input: Input) {
      const arn = checkArn(requiredString(input, "executionArn"), "execution");
      const execution = context.executions.find(arn);
      if (execution === undefined) throw new AwsError("ExecutionDoesNotExist", `Execution Does Not Exist: '${arn}'`);
      return {
        stateMachineArn: execution.stateMachineArn,
        name: execution.stateMachineName,
        ...(includesData(input) ? { definition: catalog.definitionText(execution.definitionHash) } : {}),
        roleArn: execution.roleArn,
        updateDate: new Date(
          catalog.stateMachines.get(execution.stateMachineArn)?.updatedAtMs ?? execution.startedAtMs,
        ),
      };
    },

    ListStateMachines(input: Input) {
      const machines = [...catalog.stateMachines.values()].sort(
        (a, b) => b.createdAtMs - a.createdAtMs || (a.name < b.name ? -1 : 1),
      );
      const { items, nextToken } = pageOf(machines, input, { most: 1000, context: "stateMachines" });
      return {
        stateMachines: items.map(({ arn, name, createdAtMs }) => ({
          stateMachineArn: arn,
          name,
          type: "STANDARD",
          creationDate: new Date(createdAtMs),
        })),
        nextToken,
      };
    },
  };
}

function endOperations({ catalog, engine, executions }: StatesContext): Record<string, Operation> {
  return {
    /** Its executions end with it; their histories stay. Deleting what does not exist is no error. */
    DeleteStateMachine(input: Input) {
      const arn = checkArn(requiredString(input, "stateMachineArn"), "stateMachine");
      if (!catalog.stateMachines.has(arn)) return {};
      catalog.change({ kind: "stateMachineDeleted", arn });
      engine.run(() => {
        for (const execution of executions.running) {
          if (execution.stateMachineArn !== arn) continue;
          endExecution(execution, { code: EventCode.ExecutionAborted, failure: undefined });
        }
      });
      return {};
    },
  };
}

function definitionOperations(): Record<string, Operation> {
  return {
    ValidateStateMachineDefinition(input: Input) {
      const { problems } = compileDefinition(requiredString(input, "definition"));
      const most = typeof input.maxResults === "number" && input.maxResults > 0 ? input.maxResults : 100;
      return {
        result: problems.length === 0 ? "OK" : "FAIL",
        diagnostics: problems
          .slice(0, most)
          .map(({ code, message, location }) => ({ severity: "ERROR", code, message, location })),
        truncated: problems.length > most,
      };
    },
  };
}

function refuseVersions(input: Input): void {
  if (optionalBoolean(input, "publish") === true) {
    throw new AwsError("ValidationException", "Versions of state machines are not supported here: leave out 'publish'");
  }
}

/** Throws `InvalidDefinition` with every problem the definition has. */
function checkDefinition(text: string): string {
  shorterThan("definition", text, { most: LONGEST_DEFINITION_BYTES, unit: "bytes" });
  const { problems } = compileDefinition(text);
  if (problems.length > 0) {
    throw new AwsError("InvalidDefinition", `Invalid State Machine Definition: '${problems.map(describe).join(", ")}'`);
  }
  return text;
}

function describe({ code, message, location }: Problem): string {
  return `${code}: ${message} at ${location}`;
}
