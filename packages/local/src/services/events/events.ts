import { AwsError } from "../../aws-error.ts";
import type { Clock } from "../../clock.ts";
import { awsJson } from "../../protocol/aws-json.ts";
import { pageOf } from "../../protocol/page-of.ts";
import { type Service, service } from "../../service.ts";
import type { EventBus, Rule, Target } from "./event-bus.ts";
import { matchesPattern } from "./event-pattern.ts";
import { eventsApi } from "./events-api.ts";
import { parseSchedule } from "./schedule.ts";

export interface EventsOptions {
  readonly bus: EventBus;
  readonly clock: Clock;
  readonly region: string;
  readonly accountId: string;
}

interface PutRuleInput {
  readonly Name: string;
  readonly EventPattern?: string;
  readonly ScheduleExpression?: string;
  readonly State?: string;
  readonly Description?: string;
}

interface PutEventsEntry {
  readonly Source?: string;
  readonly DetailType?: string;
  readonly Detail?: string;
  readonly Resources?: readonly string[];
  /** Epoch seconds. */
  readonly Time?: number;
}

interface PageInput {
  readonly Limit?: number;
  readonly NextToken?: string;
}

/** Most of a page, and what one holds unless less is asked for. */
const PAGE = 100;

const pageOfList = <T>(items: readonly T[], { Limit = PAGE, NextToken }: PageInput) =>
  pageOf(items, { size: Limit, token: NextToken }, "ValidationException");

/** @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html */
const MOST_TARGETS = 5;
const MOST_ENTRIES = 10;

/** EventBridge's API over the default bus. Targets are Lambda functions. */
export function events(options: EventsOptions): Service {
  return service("events", {
    protocol: awsJson("AWSEvents", "1.1"),
    api: eventsApi,
    operations: {
      ...putRuleOperation(options),
      ...targetOperations(options),
      ...ruleOperations(options),
      ...busOperations(options),
    },
  });
}

function mustFind({ rules }: EventBus, name: string): Rule {
  const rule = rules.get(name);
  if (rule !== undefined) return rule;
  throw new AwsError("ResourceNotFoundException", `Rule ${name} does not exist on EventBus default.`);
}

function putRuleOperation({ bus, clock, region, accountId }: EventsOptions) {
  return {
    PutRule({
      Name,
      EventPattern: pattern,
      ScheduleExpression: schedule,
      State,
      Description: description,
    }: PutRuleInput) {
      if (pattern === undefined && schedule === undefined) {
        throw new AwsError("ValidationException", "Parameter(s) EventPattern or ScheduleExpression must be specified.");
      }
      const known = bus.rules.get(Name);
      const createdMs = known !== undefined && known.schedule === schedule ? known.createdMs : clock.now();
      if (pattern !== undefined) matchesPattern(parsePattern(pattern), {});
      if (schedule !== undefined) parseSchedule(schedule, createdMs);
      const arn = `arn:aws:events:${region}:${accountId}:rule/${Name}`;
      bus.save({
        name: Name,
        arn,
        createdMs,
        enabled: State !== "DISABLED",
        ...(description !== undefined && { description }),
        ...(pattern !== undefined && { pattern }),
        ...(schedule !== undefined && { schedule }),
        targets: known?.targets ?? [],
      });
      return { RuleArn: arn };
    },
  };
}

function targetOperations({ bus }: EventsOptions) {
  return {
    PutTargets({ Rule: name, Targets }: { Rule: string; Targets: readonly Target[] }) {
      const rule = mustFind(bus, name);
      const foreign = Targets.find(({ Arn }) => !/^arn:[\w-]+:lambda:/.test(Arn));
      if (foreign !== undefined) {
        throw new AwsError(
          "ValidationException",
          `The local EventBridge delivers to Lambda functions, not to ${foreign.Arn}`,
        );
      }
      const replaced = new Set(Targets.map(({ Id }) => Id));
      const targets = [...rule.targets.filter(({ Id }) => !replaced.has(Id)), ...Targets];
      if (targets.length > MOST_TARGETS) {
        throw new AwsError("LimitExceededException", "The requested resource exceeds the maximum number allowed.");
      }
      bus.save({ ...rule, targets });
      return { FailedEntryCount: 0, FailedEntries: [] };
    },

    RemoveTargets({ Rule: name, Ids }: { Rule: string; Ids: readonly string[] }) {
      const rule = mustFind(bus, name);
      bus.save({ ...rule, targets: rule.targets.filter(({ Id }) => !Ids.includes(Id)) });
      return { FailedEntryCount: 0, FailedEntries: [] };
    },

    ListTargetsByRule(input: PageInput & { readonly Rule: string }) {
      const { page, nextToken } = pageOfList(mustFind(bus, input.Rule).targets, input);
      return { Targets: page, NextToken: nextToken };
    },
  };
}

function ruleOperations({ bus }: EventsOptions) {
  const render = (rule: Rule) => ({
    Name: rule.name,
    Arn: rule.arn,
    EventPattern: rule.pattern,
    ScheduleExpression: rule.schedule,
    State: rule.enabled ? "ENABLED" : "DISABLED",
    Description: rule.description,
    EventBusName: "default",
  });
  const enable = (enabled: boolean) => (input: { Name: string }) => bus.save({ ...mustFind(bus, input.Name), enabled });
  return {
    DescribeRule: ({ Name }: { Name: string }) => render(mustFind(bus, Name)),

    ListRules(input: PageInput & { readonly NamePrefix?: string }) {
      const found = [...bus.rules.values()].filter(({ name }) => name.startsWith(input.NamePrefix ?? ""));
      const { page, nextToken } = pageOfList(found, input);
      return { Rules: page.map(render), NextToken: nextToken };
    },

    EnableRule: enable(true),
    DisableRule: enable(false),

    /** Deleting what is not there succeeds, as on AWS. */
    DeleteRule({ Name }: { Name: string }) {
      if ((bus.rules.get(Name)?.targets.length ?? 0) > 0) {
        throw new AwsError("ValidationException", "Rule can't be deleted since it has targets.");
      }
      bus.delete(Name);
    },
  };
}

function busOperations({ bus, region, accountId }: EventsOptions) {
  const busArn = `arn:aws:events:${region}:${accountId}:event-bus/default`;
  return {
    PutEvents({ Entries }: { Entries: readonly PutEventsEntry[] }) {
      if (Entries.length < 1 || Entries.length > MOST_ENTRIES) {
        throw new AwsError(
          "ValidationException",
          `PutEvents takes 1 to ${MOST_ENTRIES} entries, not ${Entries.length}`,
        );
      }
      const results = Entries.map((entry) => putEvent(bus, entry));
      return { FailedEntryCount: results.filter((result) => "ErrorCode" in result).length, Entries: results };
    },

    TestEventPattern: ({ EventPattern, Event }: { EventPattern: string; Event: string }) => ({
      Result: matchesPattern(parsePattern(EventPattern), parseEvent(Event)),
    }),

    DescribeEventBus: () => ({ Name: "default", Arn: busArn }),
    ListEventBuses: ({ NamePrefix = "" }: { NamePrefix?: string }) => ({
      EventBuses: "default".startsWith(NamePrefix) ? [{ Name: "default", Arn: busArn }] : [],
    }),
  };
}

/** A bad entry fails alone. */
function putEvent(
  bus: EventBus,
  entry: PutEventsEntry,
): { EventId: string } | { ErrorCode: string; ErrorMessage: string } {
  const { Source, DetailType, Detail, Resources = [], Time } = entry;
  if (Source === undefined || DetailType === undefined || Detail === undefined) {
    const missing = Source === undefined ? "Source" : DetailType === undefined ? "DetailType" : "Detail";
    return {
      ErrorCode: "InvalidArgument",
      ErrorMessage: `Parameter ${missing} is not valid. Reason: ${missing} is a required argument.`,
    };
  }
  if (/^aws\./i.test(Source)) {
    return { ErrorCode: "NotAuthorizedForSourceException", ErrorMessage: "Not authorized for the source." };
  }
  try {
    const detail: unknown = JSON.parse(Detail);
    const time = Time === undefined ? {} : { time: new Date(Time * 1000) };
    return { EventId: bus.publish({ source: Source, detailType: DetailType, resources: Resources, detail, ...time }) };
  } catch {
    return { ErrorCode: "MalformedDetail", ErrorMessage: "Detail is malformed." };
  }
}

function parseEvent(event: string): unknown {
  try {
    return JSON.parse(event);
  } catch (error) {
    throw new AwsError("ValidationException", `Parameter Event is not valid. Reason: ${(error as Error).message}`);
  }
}

function parsePattern(pattern: string): unknown {
  try {
    return JSON.parse(pattern);
  } catch (error) {
    throw new AwsError(
      "InvalidEventPatternException",
      `Event pattern is not valid. Reason: ${(error as Error).message}`,
    );
  }
}
