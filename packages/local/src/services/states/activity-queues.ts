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
  tasks: QueuedTask[];
  nextTask: number;
  polls: Poll[];
}

/** Who waits for what: per activity, tasks in the order they were scheduled, workers in the order they asked. */
export interface ActivityQueues {
  offer(activityArn: string, task: QueuedTask): void;
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
    for (;;) {
      const task = nextTask(queue);
      if (task === undefined) return;
      const poll = nextPoll(queue);
      if (poll === undefined) return;
      queue.nextTask++;
      poll.take(task);
    }
  };

  return {
    offer(arn, task) {
      const queue = queueOf(arn);
      queue.tasks.push(task);
      match(queue);
    },
    poll(arn, poll) {
      const queue = queueOf(arn);
      queue.polls.push(poll);
      match(queue);
    },
    waiting: (arn) => queueOf(arn).tasks.slice(queueOf(arn).nextTask).filter(isOpen).length,
  };
}

function nextTask(queue: Queue): QueuedTask | undefined {
  for (; queue.nextTask < queue.tasks.length; queue.nextTask++) {
    const task = queue.tasks[queue.nextTask];
    if (task !== undefined && isOpen(task)) return task;
  }
  queue.tasks = [];
  queue.nextTask = 0;
  return undefined;
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
