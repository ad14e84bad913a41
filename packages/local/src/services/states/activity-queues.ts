import type { Execution } from "./interpreter/execution.ts";
import { type Frame, Phase } from "./interpreter/frame.ts";

/** A task that waits for a worker. */
export interface QueuedTask {
  readonly execution: Execution;
  readonly frame: Frame;
  /** The attempt: a task that was aborted or timed out meanwhile is not handed out. */
  readonly scheduledId: number;
}

/** A worker that waits for a task. */
export interface Poll {
  /** False when its client has gone away. */
  waiting(): boolean;
  take(task: QueuedTask): void;
}

interface Queue {
  readonly tasks: QueuedTask[];
  nextTask: number;
  readonly polls: Poll[];
}

/** Who waits for what: per activity, tasks in the order they were scheduled, workers in the order they asked. */
export interface ActivityQueues {
  offer(activityArn: string, task: QueuedTask): void;
  /** The next task, if one waits. */
  take(activityArn: string): QueuedTask | undefined;
  poll(activityArn: string, poll: Poll): void;
  /** Tasks that nobody has taken. */
  waiting(activityArn: string): number;
}

export function activityQueues(): ActivityQueues {
  const queues = new Map<string, Queue>();
  const queueOf = (arn: string): Queue => {
    let queue = queues.get(arn);
    if (queue === undefined) {
      queue = { tasks: [], nextTask: 0, polls: [] };
      queues.set(arn, queue);
    }
    return queue;
  };

  const match = (queue: Queue): void => {
    while (hasTask(queue)) {
      const poll = nextPoll(queue);
      if (poll === undefined) return;
      poll.take(shiftTask(queue));
    }
  };

  return {
    offer(arn, task) {
      const queue = queueOf(arn);
      queue.tasks.push(task);
      match(queue);
    },
    take(arn) {
      const queue = queueOf(arn);
      return hasTask(queue) ? shiftTask(queue) : undefined;
    },
    poll(arn, poll) {
      const queue = queueOf(arn);
      queue.polls.push(poll);
      match(queue);
    },
    waiting: (arn) => queueOf(arn).tasks.slice(queueOf(arn).nextTask).filter(isOpen).length,
  };
}

/** Moves past tasks that were aborted or timed out while they waited. */
function hasTask(queue: Queue): boolean {
  for (; queue.nextTask < queue.tasks.length; queue.nextTask++) {
    const task = queue.tasks[queue.nextTask];
    if (task !== undefined && isOpen(task)) return true;
  }
  return false;
}

/** Tasks are taken from the front by moving a mark; what is before it is let go of in blocks. */
function shiftTask(queue: Queue): QueuedTask {
  const task = queue.tasks[queue.nextTask++];
  if (task === undefined) throw new RangeError("no task waits");
  if (queue.nextTask >= 64 && queue.nextTask * 2 >= queue.tasks.length) {
    queue.tasks.splice(0, queue.nextTask);
    queue.nextTask = 0;
  }
  return task;
}

function nextPoll(queue: Queue): Poll | undefined {
  for (;;) {
    const poll = queue.polls.shift();
    if (poll === undefined || poll.waiting()) return poll;
  }
}

function isOpen({ execution, frame, scheduledId }: QueuedTask): boolean {
  return execution.status === "RUNNING" && frame.phase === Phase.Scheduled && frame.scheduledId === scheduledId;
}
