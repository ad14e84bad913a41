import {
  ignored,
  type MemberRule,
  type OperationMembers,
  type ServiceMembers,
  whole,
  within,
  working,
} from "../../protocol/member-rules.ts";

/** There is one bus, which goes by its name or its ARN. */
const BUS: MemberRule = {
  does: "works",
  only: ["default", "arn:*:event-bus/default"],
  code: "ResourceNotFoundException",
};
const ON_BUS: OperationMembers = { EventBusName: BUS };
const PAGE: OperationMembers = { ...working("NextToken"), Limit: whole(1, 100) };
const ROLE = ignored("functions are called by leave of their own policies, not by a role's");
const MANAGED = ignored("it is about rules that other services of AWS manage, and there is none");

/** What EventBridge takes here. @see https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_Operations.html */
export const EVENTS_MEMBERS: ServiceMembers = {
  PutRule: {
    ...working("Name", "EventPattern", "ScheduleExpression", "Description"),
    ...ON_BUS,
    State: {
      does: "works",
      values: ["ENABLED", "DISABLED", "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS"],
      only: ["ENABLED", "DISABLED"],
    },
    RoleArn: ROLE,
  },
  DescribeRule: { ...working("Name"), ...ON_BUS },
  ListRules: { ...working("NamePrefix"), ...ON_BUS, ...PAGE },
  EnableRule: { ...working("Name"), ...ON_BUS },
  DisableRule: { ...working("Name"), ...ON_BUS },
  DeleteRule: { ...working("Name"), ...ON_BUS, Force: MANAGED },

  PutTargets: {
    ...working("Rule"),
    ...ON_BUS,
    ...within("Targets", {
      ...working("Id", "Arn", "Input", "InputPath", "InputTransformer.InputPathsMap", "InputTransformer.InputTemplate"),
      RoleArn: ROLE,
    }),
  },
  RemoveTargets: { ...working("Rule", "Ids"), ...ON_BUS, Force: MANAGED },
  ListTargetsByRule: { ...working("Rule"), ...ON_BUS, ...PAGE },

  PutEvents: within("Entries", {
    ...working("Time", "Source", "Resources", "DetailType", "Detail"),
    ...ON_BUS,
    TraceHeader: ignored("it is for X-Ray, which is not here"),
  }),
  TestEventPattern: working("EventPattern", "Event"),
  DescribeEventBus: { Name: BUS },
  ListEventBuses: { ...working("NamePrefix"), Limit: whole(1, 100) },
};
