import { ignored, oneOf, only, type ServiceMembers, whole, working } from "../../protocol/member-rules.ts";

const NOT_MASKED = ignored("nothing is masked here");
const STANDARD = only("STANDARD");
const EVENTS = { limit: whole(1, 10_000), unmask: NOT_MASKED };
const PAGE = { ...working("nextToken"), limit: whole(1, 50) };

/** What CloudWatch Logs takes here. @see https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_Operations.html */
export const LOGS_MEMBERS: ServiceMembers = {
  PutLogEvents: {
    ...working("logGroupName", "logStreamName", "logEvents.timestamp", "logEvents.message"),
    sequenceToken: ignored("AWS takes every token, and needs none, since 2023"),
  },
  GetLogEvents: {
    ...working("logGroupName", "logGroupIdentifier", "logStreamName", "nextToken", "startTime", "endTime"),
    ...working("startFromHead"),
    ...EVENTS,
  },
  FilterLogEvents: {
    ...working("logGroupName", "logGroupIdentifier", "logStreamNames", "logStreamNamePrefix", "filterPattern"),
    ...working("nextToken", "startTime", "endTime"),
    ...EVENTS,
    startFromHead: only("true"),
    interleaved: ignored("AWS interleaves events of several streams whatever it says"),
  },
  CreateLogGroup: {
    ...working("logGroupName", "tags"),
    logGroupClass: STANDARD,
    deletionProtectionEnabled: only("false"),
  },
  CreateLogStream: working("logGroupName", "logStreamName"),
  DeleteLogGroup: working("logGroupName"),
  DeleteLogStream: working("logGroupName", "logStreamName"),
  PutRetentionPolicy: working("logGroupName", "retentionInDays"),
  DeleteRetentionPolicy: working("logGroupName"),
  DescribeLogGroups: {
    ...working("logGroupNamePrefix", "logGroupNamePattern"),
    ...PAGE,
    logGroupClass: STANDARD,
    includeLinkedAccounts: only("false"),
  },
  DescribeLogStreams: {
    ...working("logGroupName", "logGroupIdentifier", "logStreamNamePrefix", "descending"),
    ...PAGE,
    orderBy: oneOf("LogStreamName", "LastEventTime"),
  },
  ListTagsForResource: working("resourceArn"),
  TagResource: working("resourceArn", "tags"),
};
