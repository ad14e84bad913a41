import { apiModel } from "../protocol/api-model.ts";

/** Written by `pnpm --filter local api-models` from the model in the SDK's client. */
export const statesModel = apiModel({
  operations: `
CreateActivity CreateStateMachine CreateStateMachineAlias DeleteActivity DeleteStateMachine DeleteStateMachineAlias
DeleteStateMachineVersion DescribeActivity DescribeExecution DescribeMapRun DescribeStateMachine
DescribeStateMachineAlias DescribeStateMachineForExecution GetActivityTask GetExecutionHistory ListActivities
ListExecutions ListMapRuns ListStateMachineAliases ListStateMachineVersions ListStateMachines ListTagsForResource
PublishStateMachineVersion RedriveExecution SendTaskFailure SendTaskHeartbeat SendTaskSuccess StartExecution
StartSyncExecution StopExecution TagResource TestState UntagResource UpdateMapRun UpdateStateMachine
UpdateStateMachineAlias ValidateStateMachineDefinition
`,
  structures: `
CreateActivity: name! tags:Tag[] encryptionConfiguration:EncryptionConfiguration
Tag: key value
EncryptionConfiguration: type! kmsKeyId kmsDataKeyReusePeriodSeconds:number
CreateStateMachine: name! definition! roleArn! type loggingConfiguration:LoggingConfiguration tags:Tag[]
  tracingConfiguration:TracingConfiguration publish:boolean versionDescription
  encryptionConfiguration:EncryptionConfiguration
LoggingConfiguration: level includeExecutionData:boolean destinations:LogDestination[]
LogDestination: cloudWatchLogsLogGroup:CloudWatchLogsLogGroup
CloudWatchLogsLogGroup: logGroupArn
TracingConfiguration: enabled:boolean
DeleteActivity: activityArn!
DeleteStateMachine: stateMachineArn!
DescribeActivity: activityArn!
DescribeExecution: executionArn! includedData
DescribeMapRun: mapRunArn!
DescribeStateMachine: stateMachineArn! includedData
DescribeStateMachineForExecution: executionArn! includedData
GetActivityTask: activityArn! workerName
GetExecutionHistory: executionArn! maxResults:number reverseOrder:boolean nextToken includeExecutionData:boolean
ListActivities: maxResults:number nextToken
ListExecutions: stateMachineArn statusFilter maxResults:number nextToken mapRunArn redriveFilter
ListMapRuns: executionArn! maxResults:number nextToken
ListStateMachines: maxResults:number nextToken
ListTagsForResource: resourceArn!
RedriveExecution: executionArn! clientToken
SendTaskFailure: taskToken! error cause
SendTaskHeartbeat: taskToken!
SendTaskSuccess: taskToken! output!
StartExecution: stateMachineArn! name input traceHeader
StopExecution: executionArn! error cause
TagResource: resourceArn! tags!:Tag[]
UntagResource: resourceArn! tagKeys!:string[]
UpdateStateMachine: stateMachineArn! definition roleArn loggingConfiguration:LoggingConfiguration
  tracingConfiguration:TracingConfiguration publish:boolean versionDescription
  encryptionConfiguration:EncryptionConfiguration
ValidateStateMachineDefinition: definition! type severity maxResults:number
`,
});
