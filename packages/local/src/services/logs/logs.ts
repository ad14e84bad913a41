import { AwsError } from "../../aws-error.ts";
import type { Clock } from "../../clock.ts";
import { awsJson } from "../../protocol/aws-json.ts";
import { type Service, service } from "../../service.ts";
import type { Storage } from "../../storage/storage.ts";
import { filterLogEvents } from "./filter-log-events.ts";
import { getLogEvents, groupNameOf } from "./get-log-events.ts";
import { type LogGroup, type LogGroups, type LogStream, openLogGroups } from "./log-groups.ts";
import { logsApi } from "./logs-api.ts";
import { putLogEvents } from "./put-log-events.ts";

export interface LogsOptions {
  readonly storage: Storage;
  readonly clock: Clock;
  readonly region: string;
  readonly accountId: string;
}

interface DescribeStreamsInput {
  readonly logGroupName?: string;
  readonly logGroupIdentifier?: string;
  readonly logStreamNamePrefix?: string;
  readonly orderBy?: "LogStreamName" | "LastEventTime";
  readonly descending?: boolean;
  readonly limit?: number;
  readonly nextToken?: string;
}

const GROUP_NAME = /^[.\-_/#A-Za-z0-9]{1,512}$/;
const STREAM_NAME = /^[^:*]{1,512}$/;
const PAGE = 50;

/** @see https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html */
const RETENTIONS = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];

/** CloudWatch Logs over plain files: `<dir>/logs/<group>/<stream>.jsonl`, one event a line. */
export function logs({ storage, clock, region, accountId }: LogsOptions): Service {
  const groups = openLogGroups(storage);
  return service("logs", {
    protocol: awsJson("Logs_20140328", "1.1"),
    subjectOf: ({ input }) => (input as { readonly logGroupName?: string }).logGroupName,
    api: logsApi,
    operations: {
      PutLogEvents: putLogEvents(groups, clock),
      GetLogEvents: getLogEvents(groups, clock),
      FilterLogEvents: filterLogEvents(groups, clock),
      ...createOperations(groups, clock),
      ...retentionOperations(groups),
      ...describeOperations(groups, { region, accountId }),
      ...tagOperations(groups),
    },
  });
}

function createOperations(groups: LogGroups, clock: Clock) {
  return {
    CreateLogGroup({ logGroupName: name, tags = {} }: { logGroupName: string; tags?: Record<string, string> }) {
      if (!GROUP_NAME.test(name)) throw invalid(`"${name}" is no name for a log group`);
      if (groups.hasGroup(name)) throw alreadyExists("The specified log group already exists");
      groups.saveGroup({ name, creationTime: clock.now(), tags });
    },

    CreateLogStream({ logGroupName: group, logStreamName: name }: { logGroupName: string; logStreamName: string }) {
      groups.group(group);
      if (!STREAM_NAME.test(name)) throw invalid(`"${name}" is no name for a log stream`);
      if (groups.hasStream(group, name)) throw alreadyExists("The specified log stream already exists");
      groups.saveStream({ group, name, creationTime: clock.now() });
    },

    DeleteLogGroup: ({ logGroupName }: { logGroupName: string }) => groups.deleteGroup(groups.group(logGroupName).name),

    DeleteLogStream: ({ logGroupName, logStreamName }: { logGroupName: string; logStreamName: string }) =>
      groups.deleteStream(groups.stream(logGroupName, logStreamName)),
  };
}

function retentionOperations(groups: LogGroups) {
  const retain = (name: string, retentionInDays: number | undefined) => {
    const { retentionInDays: _previous, ...group } = groups.group(name);
    groups.saveGroup({ ...group, ...(retentionInDays !== undefined && { retentionInDays }) });
  };
  return {
    PutRetentionPolicy({ logGroupName, retentionInDays }: { logGroupName: string; retentionInDays: number }) {
      if (!RETENTIONS.includes(retentionInDays))
        throw invalid(`retentionInDays must be one of ${RETENTIONS.join(", ")}`);
      retain(logGroupName, retentionInDays);
    },

    DeleteRetentionPolicy: ({ logGroupName }: { logGroupName: string }) => retain(logGroupName, undefined),
  };
}

function describeOperations(groups: LogGroups, { region, accountId }: Pick<LogsOptions, "region" | "accountId">) {
  const groupArn = (name: string) => `arn:aws:logs:${region}:${accountId}:log-group:${name}`;
  const renderGroup = ({ name, creationTime, retentionInDays }: LogGroup) => ({
    logGroupName: name,
    creationTime,
    retentionInDays,
    metricFilterCount: 0,
    arn: `${groupArn(name)}:*`,
    logGroupArn: groupArn(name),
    logGroupClass: "STANDARD",
    storedBytes: 0,
  });
  const renderStream = (stream: LogStream) => {
    const file = groups.file(stream);
    return {
      logStreamName: stream.name,
      creationTime: stream.creationTime,
      firstEventTimestamp: file.firstTimestamp,
      lastEventTimestamp: file.lastTimestamp,
      lastIngestionTime: file.lastIngestionTime,
      uploadSequenceToken: String(file.count),
      arn: `${groupArn(stream.group)}:log-stream:${stream.name}`,
      storedBytes: 0,
    };
  };
  return {
    DescribeLogGroups(input: {
      logGroupNamePrefix?: string;
      logGroupNamePattern?: string;
      limit?: number;
      nextToken?: string;
    }) {
      const { logGroupNamePrefix: prefix = "", logGroupNamePattern: pattern = "" } = input;
      const found = groups.groups().filter(({ name }) => name.startsWith(prefix) && name.includes(pattern));
      const { page, nextToken } = pageAfter(found, input);
      return { logGroups: page.map(renderGroup), nextToken };
    },

    DescribeLogStreams(input: DescribeStreamsInput) {
      const { logStreamNamePrefix: prefix, orderBy = "LogStreamName", descending = false } = input;
      if (prefix !== undefined && orderBy === "LastEventTime") {
        throw invalid("Cannot order by LastEventTime with a logStreamNamePrefix.");
      }
      const group = groups.group(groupNameOf(input));
      const named = groups.streams(group.name).filter(({ name }) => name.startsWith(prefix ?? ""));
      const lastEvent = (stream: LogStream) => groups.file(stream).lastTimestamp ?? 0;
      const ordered = orderBy === "LastEventTime" ? named.sort((a, b) => lastEvent(a) - lastEvent(b)) : named;
      const { page, nextToken } = pageAfter(descending ? ordered.toReversed() : ordered, input);
      return { logStreams: page.map(renderStream), nextToken };
    },
  };
}

function tagOperations(groups: LogGroups) {
  return {
    ListTagsForResource: ({ resourceArn }: { resourceArn: string }) => ({
      tags: groups.group(groupNameOf({ logGroupIdentifier: resourceArn })).tags,
    }),

    TagResource({ resourceArn, tags }: { resourceArn: string; tags: Record<string, string> }) {
      const group = groups.group(groupNameOf({ logGroupIdentifier: resourceArn }));
      groups.saveGroup({ ...group, tags: { ...group.tags, ...tags } });
    },
  };
}

/** Tokens name the last item of the page before. */
function pageAfter<T extends { readonly name: string }>(
  items: readonly T[],
  { limit = PAGE, nextToken }: { limit?: number; nextToken?: string },
): { page: readonly T[]; nextToken: string | undefined } {
  const start = nextToken === undefined ? 0 : items.findIndex(({ name }) => name === nextToken) + 1;
  const page = items.slice(start, start + limit);
  return { page, nextToken: start + limit < items.length ? page.at(-1)?.name : undefined };
}

function invalid(message: string): AwsError {
  return new AwsError("InvalidParameterException", message);
}

function alreadyExists(message: string): AwsError {
  return new AwsError("ResourceAlreadyExistsException", message);
}
