import { apiModel } from "../protocol/api-model.ts";

/** Written by `pnpm --filter local api-models` from the model in the SDK's client. */
export const eventsModel = apiModel({
  operations: `
ActivateEventSource CancelReplay CreateApiDestination CreateArchive CreateConnection CreateEndpoint CreateEventBus
CreatePartnerEventSource DeactivateEventSource DeauthorizeConnection DeleteApiDestination DeleteArchive DeleteConnection
DeleteEndpoint DeleteEventBus DeletePartnerEventSource DeleteRule DescribeApiDestination DescribeArchive
DescribeConnection DescribeEndpoint DescribeEventBus DescribeEventSource DescribePartnerEventSource DescribeReplay
DescribeRule DisableRule EnableRule ListApiDestinations ListArchives ListConnections ListEndpoints ListEventBuses
ListEventSources ListPartnerEventSourceAccounts ListPartnerEventSources ListReplays ListRuleNamesByTarget ListRules
ListTagsForResource ListTargetsByRule PutEvents PutPartnerEvents PutPermission PutRule PutTargets RemovePermission
RemoveTargets StartReplay TagResource TestEventPattern UntagResource UpdateApiDestination UpdateArchive UpdateConnection
UpdateEndpoint UpdateEventBus
`,
  structures: `
DeleteRule: Name! EventBusName Force:boolean
DescribeEventBus: Name
DescribeRule: Name! EventBusName
DisableRule: Name! EventBusName
EnableRule: Name! EventBusName
ListEventBuses: NamePrefix NextToken Limit:number
ListRules: NamePrefix EventBusName NextToken Limit:number
ListTargetsByRule: Rule! EventBusName NextToken Limit:number
PutEvents: Entries!:PutEventsRequestEntry[] EndpointId
PutEventsRequestEntry: Time:timestamp Source Resources:string[] DetailType Detail EventBusName TraceHeader
PutRule: Name! ScheduleExpression EventPattern State Description RoleArn Tags:Tag[] EventBusName
Tag: Key! Value!
PutTargets: Rule! Targets!:Target[] EventBusName
Target: Id! Arn! RoleArn Input InputPath InputTransformer:InputTransformer KinesisParameters:KinesisParameters
  RunCommandParameters:RunCommandParameters EcsParameters:EcsParameters BatchParameters:BatchParameters
  SqsParameters:SqsParameters HttpParameters:HttpParameters RedshiftDataParameters:RedshiftDataParameters
  SageMakerPipelineParameters:SageMakerPipelineParameters DeadLetterConfig:DeadLetterConfig RetryPolicy:RetryPolicy
  AppSyncParameters:AppSyncParameters
InputTransformer: InputTemplate! InputPathsMap:string{}
KinesisParameters: PartitionKeyPath!
RunCommandParameters: RunCommandTargets!:RunCommandTarget[]
RunCommandTarget: Key! Values!:string[]
EcsParameters: TaskDefinitionArn! TaskCount:number LaunchType NetworkConfiguration:NetworkConfiguration PlatformVersion
  Group CapacityProviderStrategy:CapacityProviderStrategyItem[] EnableECSManagedTags:boolean
  EnableExecuteCommand:boolean PlacementConstraints:PlacementConstraint[] PlacementStrategy:PlacementStrategy[]
  PropagateTags ReferenceId Tags:Tag[]
NetworkConfiguration: awsvpcConfiguration:AwsVpcConfiguration
AwsVpcConfiguration: Subnets!:string[] SecurityGroups:string[] AssignPublicIp
CapacityProviderStrategyItem: capacityProvider! weight:number base:number
PlacementConstraint: type expression
PlacementStrategy: type field
BatchParameters: JobDefinition! JobName! ArrayProperties:BatchArrayProperties RetryStrategy:BatchRetryStrategy
BatchArrayProperties: Size:number
BatchRetryStrategy: Attempts:number
SqsParameters: MessageGroupId
HttpParameters: PathParameterValues:string[] HeaderParameters:string{} QueryStringParameters:string{}
RedshiftDataParameters: Database! SecretManagerArn DbUser Sql StatementName WithEvent:boolean Sqls:string[]
SageMakerPipelineParameters: PipelineParameterList:SageMakerPipelineParameter[]
SageMakerPipelineParameter: Name! Value!
DeadLetterConfig: Arn
RetryPolicy: MaximumRetryAttempts:number MaximumEventAgeInSeconds:number
AppSyncParameters: GraphQLOperation
RemoveTargets: Rule! Ids!:string[] EventBusName Force:boolean
TestEventPattern: EventPattern! Event!
`,
});
