import type { BuildInput } from "@muster/pipeline";
import { type Area, type Compared, type Difference, recordedCases } from "../difference.ts";
import type { HhvmWorld } from "../hhvm-world.ts";
import { namesIn, type Table } from "../table.ts";

interface Case {
  readonly event: {
    readonly activity: string;
    readonly version: string;
    readonly platform?: string;
    readonly buildInput: BuildInput;
  };
  /** URLs of what was there. */
  readonly objects: readonly string[];
  readonly answer: { readonly skip: boolean; readonly taskInput?: { readonly name: string; readonly env: string } };
}

/** A step's preparation: whether it is skipped, and what its task is told otherwise. */
interface Answer {
  readonly skip: boolean;
  /** The answer says why. */
  readonly reasoned: boolean;
  readonly task?: TaskAnswer;
}

interface TaskAnswer {
  readonly name: string;
  /** Fields of the task's input. */
  readonly fields: readonly string[];
  readonly env: "text" | "object" | "text, and an object";
  readonly variables: Readonly<Record<string, string>>;
  /** Names of variables that the predecessor's tasks have not. */
  readonly more: readonly string[];
}

const PLATFORMS = { all: ["ubuntu-18.04-bionic"], ofBuild: ["ubuntu-18.04-bionic"] };

type Written = { readonly name: string; readonly env: unknown; readonly variables?: Readonly<Record<string, string>> };

const known = ({ answer }: Case): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Array.from(answer.taskInput?.env.matchAll(/^(\w+)="(.*)"$/gm) ?? [], ([, name = "", value = ""]) => [name, value]),
  );

function predecessor(recorded: Case): Answer {
  const { skip, taskInput } = recorded.answer;
  if (taskInput === undefined) return { skip, reasoned: false };
  const variables = known(recorded);
  const fields = Object.keys(taskInput).sort();
  return { skip, reasoned: false, task: { name: taskInput.name, fields, env: "text", variables, more: [] } };
}

async function muster(recorded: Case, world: HhvmWorld): Promise<Answer> {
  const { event, objects } = recorded;
  await world.holds({ objects });
  const prepared = await world.call("PrepareActivity", { ...event, platforms: PLATFORMS });
  const { skip, reason, taskInput } = prepared as { skip: boolean; reason?: string; taskInput?: Written };
  return {
    skip,
    reasoned: reason !== undefined,
    ...(taskInput === undefined ? {} : { task: told(taskInput, recorded) }),
  };
}

function told({ name, env, variables: object, ...rest }: Written, recorded: Case): TaskAnswer {
  const variables = object ?? (env as Readonly<Record<string, string>>);
  const entries = Object.entries(variables);
  const asKnown = Object.keys(known(recorded)).flatMap((key) => entries.filter(([each]) => each === key));
  return {
    name,
    fields: ["env", "name", ...(object === undefined ? [] : ["variables"]), ...Object.keys(rest)].sort(),
    env: object === undefined ? "object" : "text, and an object",
    variables: Object.fromEntries(asKnown),
    more: entries.map(([key]) => key).filter((key) => !(key in known(recorded))),
  };
}

const isSkipBuild = ({ event }: Case) => event.buildInput.debug === "skip_ec2";

/** Concerns the steps that have a task. */
const ofTasks = (
  row: string,
  turns: (task: TaskAnswer, recorded: Case, muster: TaskAnswer) => TaskAnswer,
): Difference<Case, Answer> => ({
  row,
  turns: (answer, recorded, muster) =>
    answer.task === undefined || muster.task === undefined
      ? answer
      : { ...answer, task: turns(answer.task, recorded, muster.task) },
});

/** Names that Muster's tasks have beyond the predecessor's, as far as the row names them too. */
const named = (ours: readonly string[], theirs: readonly string[], row: ReadonlySet<string>) =>
  ours.filter((name) => !theirs.includes(name) && row.has(name));

/** PrepareActivity: what is skipped unasked, and what a task is told. */
export const preparedSteps = (world: HhvmWorld, table: Table): Area<Case, Answer> => ({
  cases: recordedCases<Case>("prepared-steps.json"),
  predecessor,
  muster: (recorded) => muster(recorded, world),
  differences: [
    {
      row: "skip builds",
      turns: (answer, recorded) => (isSkipBuild(recorded) && answer.task ? { ...answer, skip: false } : answer),
    },
    { row: "reasons", turns: (answer) => ({ ...answer, reasoned: true }) },
    ofTasks("variables as data", (task, recorded) => ({
      ...task,
      env: isSkipBuild(recorded) ? "text, and an object" : "object",
    })),
    ofTasks("fields of a task", ({ fields, ...task }, _, muster) => ({
      ...task,
      fields: [...fields, ...named(muster.fields, fields, namesIn(table, "fields of a task"))].sort(),
    })),
    ofTasks("more variables", (task, _, { more }) => ({
      ...task,
      more: named(more, [], namesIn(table, "more variables")),
    })),
  ],
});

/** All names of a kind that Muster's tasks were found to have. */
export const moreNames = (compared: readonly Compared[], of: (task: TaskAnswer) => readonly string[]): string[] => {
  const tasks = compared.flatMap(({ answered }) => (answered as Answer).task ?? []);
  return [...new Set(tasks.flatMap(of))].sort();
};
