import { AwsError } from "../../../aws-error.ts";
import type { Operation, OperationContext } from "../../../service.ts";
import type { QueuedTask } from "../activity-queues.ts";
import type { ActivityRecord } from "../journal/metadata-journal.ts";
import { jsonText } from "../language/json-text.ts";
import type { StatesContext } from "../states-context.ts";
import { checkArn, checkName, shorterThan } from "./check-input.ts";
import { type PageRequest, pageOf } from "./paging.ts";
import { readTags, type Tag } from "./tag-operations.ts";

interface OneActivity {
  readonly activityArn: string;
}

export function activityOperations(context: StatesContext): Record<string, Operation> {
  const { catalog, clock } = context;

  const find = ({ activityArn }: OneActivity): ActivityRecord => {
    const arn = checkArn(activityArn, "activity");
    const found = catalog.activities.get(arn);
    if (found === undefined) throw new AwsError("ActivityDoesNotExist", `Activity Does Not Exist: '${arn}'`);
    return found;
  };

  return {
    CreateActivity(input: { readonly name: string; readonly tags?: readonly Tag[] }) {
      const name = checkName(input.name);
      const tags = readTags(input.tags);
      const arn = context.arnOf("activity", name);
      let activity = catalog.activities.get(arn);
      if (activity === undefined) {
        activity = { arn, name, createdAtMs: clock.now() };
        catalog.change({ kind: "activity", activity });
        if (Object.keys(tags).length > 0) catalog.change({ kind: "tags", arn, tags });
      }
      return { activityArn: arn, creationDate: new Date(activity.createdAtMs) };
    },

    DescribeActivity(input: OneActivity) {
      const { arn, name, createdAtMs } = find(input);
      return { activityArn: arn, name, creationDate: new Date(createdAtMs) };
    },

    ListActivities(input: PageRequest) {
      const activities = [...catalog.activities.values()].sort(
        (a, b) => b.createdAtMs - a.createdAtMs || (a.name < b.name ? -1 : 1),
      );
      const { items, nextToken } = pageOf(activities, input, { context: "activities" });
      return {
        activities: items.map(({ arn, name, createdAtMs }) => ({
          activityArn: arn,
          name,
          creationDate: new Date(createdAtMs),
        })),
        nextToken,
      };
    },

    /** Tasks that were scheduled stay where they are: in a worker's hands, or waiting for their timeout. */
    DeleteActivity({ activityArn }: OneActivity) {
      const arn = checkArn(activityArn, "activity");
      if (catalog.activities.has(arn)) catalog.change({ kind: "activityDeleted", arn });
      return {};
    },

    GetActivityTask(input: OneActivity & { readonly workerName?: string }, { signal }: OperationContext) {
      const activity = find(input);
      const { workerName } = input;
      if (workerName !== undefined) shorterThan("workerName", workerName, { most: 80, unit: "characters" });
      return waitForTask(context, { activityArn: activity.arn, workerName, signal });
    },
  };
}

interface Wait {
  readonly activityArn: string;
  readonly workerName: string | undefined;
  readonly signal: AbortSignal;
}

/** Resolves to a task, or to nothing after a while. A client that goes away before a task is claimed for it loses none. */
function waitForTask(context: StatesContext, { activityArn, workerName, signal }: Wait): Promise<object> {
  const { engine, clock, longPollMs } = context;
  return new Promise((resolve) => {
    if (signal.aborted) return resolve({});
    const claim = (task: QueuedTask) => {
      engine.claim(task, workerName);
      engine.afterWrite(() => resolve(answerOf(context, task)));
    };
    engine.run(() => {
      const task = engine.queues.take(activityArn);
      if (task !== undefined) return claim(task);
      let waiting = true;
      const stop = () => {
        waiting = false;
        cancelTimeout();
        stopListening();
        signal.removeEventListener("abort", giveUp);
      };
      const giveUp = () => {
        if (waiting) stop();
        resolve({});
      };
      const cancelTimeout = clock.at(clock.now() + longPollMs, giveUp);
      const stopListening = context.whenClosed(giveUp);
      signal.addEventListener("abort", giveUp, { once: true });
      engine.queues.poll(activityArn, {
        waiting: () => waiting,
        take(offered) {
          stop();
          engine.run(() => claim(offered));
        },
      });
    });
  });
}

function answerOf({ engine }: StatesContext, { execution, frame, scheduledId }: QueuedTask): object {
  return {
    taskToken: engine.tokens.create({ executionArn: execution.arn, frameId: frame.id, scheduledId }),
    input: jsonText(frame.payload),
  };
}
