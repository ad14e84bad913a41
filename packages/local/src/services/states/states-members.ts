import {
  ignored,
  type OperationMembers,
  oneOf,
  only,
  type ServiceMembers,
  whole,
  working,
} from "../../protocol/member-rules.ts";

const PAGE: OperationMembers = { ...working("nextToken"), maxResults: whole(0, 1000) };
const TAGS = working("tags.key", "tags.value");
const INCLUDED: OperationMembers = { includedData: oneOf("ALL_DATA", "METADATA_ONLY") };

/** AWS's own key says nothing to anybody who calls; logs, traces and versions do not come about here. */
const OPTIONS: OperationMembers = {
  "encryptionConfiguration.type": only("AWS_OWNED_KEY"),
  "loggingConfiguration.level": only("OFF"),
  "loggingConfiguration.includeExecutionData": ignored("a level of OFF logs no data"),
  "tracingConfiguration.enabled": only("false"),
  publish: only("false"),
};

const STATUSES = ["RUNNING", "SUCCEEDED", "FAILED", "TIMED_OUT", "ABORTED", "PENDING_REDRIVE"];

/** What Step Functions takes here. @see https://docs.aws.amazon.com/step-functions/latest/apireference/API_Operations.html */
export const STATES_MEMBERS: ServiceMembers = {
  CreateStateMachine: {
    ...working("name", "definition", "roleArn"),
    ...TAGS,
    ...OPTIONS,
    type: {
      does: "works",
      values: ["STANDARD", "EXPRESS"],
      only: ["STANDARD"],
      code: "StateMachineTypeNotSupported",
    },
  },
  UpdateStateMachine: { ...working("stateMachineArn", "definition", "roleArn"), ...OPTIONS },
  DescribeStateMachine: { ...working("stateMachineArn"), ...INCLUDED },
  DescribeStateMachineForExecution: { ...working("executionArn"), ...INCLUDED },
  ListStateMachines: PAGE,
  DeleteStateMachine: working("stateMachineArn"),
  ValidateStateMachineDefinition: {
    ...working("definition"),
    type: only("STANDARD"),
    severity: ignored("problems that are found here are errors, which both severities tell"),
    maxResults: whole(0, 100),
  },

  StartExecution: {
    ...working("stateMachineArn", "name", "input"),
    traceHeader: ignored("it is for X-Ray, and no state machine is traced here"),
  },
  DescribeExecution: { ...working("executionArn"), ...INCLUDED },
  ListExecutions: {
    ...working("stateMachineArn", "mapRunArn"),
    ...PAGE,
    statusFilter: oneOf(...STATUSES),
    redriveFilter: oneOf("REDRIVEN", "NOT_REDRIVEN"),
  },
  StopExecution: working("executionArn", "error", "cause"),
  GetExecutionHistory: { ...working("executionArn", "reverseOrder", "includeExecutionData"), ...PAGE },
  DescribeMapRun: working("mapRunArn"),
  ListMapRuns: { ...working("executionArn"), ...PAGE },
  RedriveExecution: working("executionArn", "clientToken"),

  CreateActivity: {
    ...working("name"),
    ...TAGS,
    "encryptionConfiguration.type": only("AWS_OWNED_KEY"),
  },
  DescribeActivity: working("activityArn"),
  ListActivities: PAGE,
  DeleteActivity: working("activityArn"),
  GetActivityTask: working("activityArn", "workerName"),
  SendTaskSuccess: working("taskToken", "output"),
  SendTaskFailure: working("taskToken", "error", "cause"),
  SendTaskHeartbeat: working("taskToken"),

  TagResource: { ...working("resourceArn"), ...TAGS },
  UntagResource: working("resourceArn", "tagKeys"),
  ListTagsForResource: working("resourceArn"),
};
