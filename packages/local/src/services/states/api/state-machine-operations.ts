import { AwsError } from "../../../aws-error.ts";
import type { Operation } from "../../../service.ts";
import { EventCode } from "../interpreter/event-codes.ts";
import { endExecution } from "../interpreter/step.ts";
import type { StateMachineRecord } from "../journal/metadata-journal.ts";
import { compileDefinition } from "../language/compile-definition.ts";
import type { Problem } from "../language/field-reader.ts";
import type { StatesContext } from "../states-context.ts";
import { checkArn, checkName, checkRoleArn, type IncludedData, includesData, shorterThan } from "./check-input.ts";
import { type PageRequest, pageOf } from "./paging.ts";
import type { OneExecution } from "./redrive.ts";
import { readTags, type Tag } from "./tag-operations.ts";

interface OneStateMachine {
  readonly stateMachineArn: string;
}

interface Configurations {
  readonly loggingConfiguration?: object;
  readonly tracingConfiguration?: object;
}

interface CreateInput extends Configurations {
  readonly name: string;
  readonly definition: string;
  readonly roleArn: string;
  readonly tags?: readonly Tag[];
}

interface UpdateInput extends OneStateMachine, Configurations {
  readonly definition?: string;
  readonly roleArn?: string;
}

const LONGEST_DEFINITION_BYTES = 1_048_576;

export const stateMachineOperations = (context: StatesContext): Record<string, Operation> => ({
  ...changeOperations(context),
  ...describeOperations(context),
  ...endOperations(context),
  ...definitionOperations(),
});

function find({ catalog }: StatesContext, { stateMachineArn }: OneStateMachine): StateMachineRecord {
  const arn = checkArn(stateMachineArn, "stateMachine");
  const found = catalog.stateMachines.get(arn);
  if (found === undefined) throw new AwsError("StateMachineDoesNotExist", `State Machine Does Not Exist: '${arn}'`);
  return found;
}

function changeOperations(context: StatesContext): Record<string, Operation> {
  const { catalog, clock } = context;
  return {
    CreateStateMachine(input: CreateInput) {
      const name = checkName(input.name);
      const text = checkDefinition(input.definition);
      const roleArn = checkRoleArn(input.roleArn);
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

    UpdateStateMachine(input: UpdateInput) {
      const existing = find(context, input);
      const { definition: text, roleArn, loggingConfiguration, tracingConfiguration } = input;
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
    DescribeStateMachine(input: OneStateMachine & IncludedData) {
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

    DescribeStateMachineForExecution(input: OneExecution & IncludedData) {
      const arn = checkArn(input.executionArn, "execution");
      const execution = context.executions.find(arn);
      if (execution === undefined) throw new AwsError("ExecutionDoesNotExist", `Execution Does Not Exist: '${arn}'`);
      const { child } = execution;
      return {
        stateMachineArn: execution.stateMachineArn,
        name: execution.stateMachineName,
        ...(child === undefined ? {} : { mapRunArn: child.mapRunArn, label: child.label }),
        ...(includesData(input) ? { definition: catalog.definitionText(execution.definitionHash) } : {}),
        roleArn: execution.roleArn,
        updateDate: new Date(
          catalog.stateMachines.get(execution.stateMachineArn)?.updatedAtMs ?? execution.startedAtMs,
        ),
      };
    },

    ListStateMachines(input: PageRequest) {
      const machines = [...catalog.stateMachines.values()].sort(
        (a, b) => b.createdAtMs - a.createdAtMs || (a.name < b.name ? -1 : 1),
      );
      const { items, nextToken } = pageOf(machines, input, { context: "stateMachines" });
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
    DeleteStateMachine({ stateMachineArn }: OneStateMachine) {
      const arn = checkArn(stateMachineArn, "stateMachine");
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
    ValidateStateMachineDefinition({ definition, maxResults }: { definition: string; maxResults?: number }) {
      const { problems } = compileDefinition(definition);
      const most = maxResults || 100;
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
