import { MusterError } from "@muster/pipeline";
import { type Doubt, type Outlook, type OutlookOptions, outlookFrom } from "./outlook.ts";
import type { PlanNode, TaskNode } from "./plan-nodes.ts";

interface Answer {
  readonly run: boolean;
}

export type Judgement<A extends Answer> =
  | { readonly answer: A; readonly unless: string | undefined; readonly after: readonly TaskNode[] }
  /** What it goes by could not be found out. */
  | { readonly problem: string };

/** Answers that are tried where several things are in doubt: two more than all of four. */
const MOST_TRIES = 18;

/** Doubts that a reason names; more are only counted. */
const NAMED = 2;

/**
 * Asks what decides a step, with what will be there when the build comes to it. Where that is in doubt it is asked with each of what may come: another answer is a
 * proviso.
 * @throws MusterError for what is wrong with the definition
 */
export async function judgeNode<A extends Answer>(
  { path }: PlanNode,
  ask: (outlook: Outlook) => Promise<A>,
  options: OutlookOptions,
): Promise<Judgement<A>> {
  const tryWith = async (assumed: ReadonlySet<string>) => {
    const outlook = outlookFrom({ path, assumed }, options);
    return { answer: await ask(outlook), outlook };
  };
  try {
    const { answer, outlook } = await tryWith(new Set());
    const { relied, doubts } = outlook;
    const unless = await whatChanges(answer, doubts, tryWith);
    return { answer, unless, after: [...relied] };
  } catch (error) {
    if (error instanceof MusterError) throw error;
    return { problem: error instanceof Error ? error.message : String(error) };
  }
}

type Try = (assumed: ReadonlySet<string>) => Promise<{ answer: Answer; outlook: Outlook }>;

/** Which doubts make it another answer. */
async function whatChanges(
  { run }: Answer,
  known: ReadonlyMap<string, Doubt>,
  tryWith: Try,
): Promise<string | undefined> {
  const doubts = new Map(known);
  const tried = new Set<string>();
  const changing = new Set<string>();
  for (let next = nextTry(doubts, tried); next !== undefined; next = nextTry(doubts, tried)) {
    tried.add(next.join("\n"));
    // What may be there, and cannot be looked at, is in doubt like the rest.
    const { answer, outlook } = await tryWith(new Set(next)).catch((error: unknown) => {
      if (error instanceof MusterError) throw error;
      return { answer: { run: !run }, outlook: undefined };
    });
    for (const [key, doubt] of outlook?.doubts ?? []) if (!doubts.has(key)) doubts.set(key, doubt);
    const already = next.some((key) => changing.has(key));
    if (answer.run !== run && !already) for (const key of next) changing.add(key);
  }
  const words = [...changing].flatMap((key) => doubts.get(key)?.words ?? []);
  if (words.length === 0) return undefined;
  return `${words.slice(0, NAMED).join(" and ")}${words.length > NAMED ? ` and ${words.length - NAMED} more` : ""}`;
}

/** Each doubt alone, all together, as a build comes to them, and then what else there is. */
function nextTry(doubts: ReadonlyMap<string, Doubt>, tried: ReadonlySet<string>): string[] | undefined {
  if (tried.size >= MOST_TRIES) return undefined;
  const keys = [...doubts.keys()];
  const singles = keys.map((key) => [key]);
  const prefixes = keys.map((_, index) => keys.slice(0, index + 1));
  const pairs = keys.flatMap((key, index) => keys.slice(index + 1).map((other) => [key, other]));
  const allButOne = keys.map((key) => keys.filter((other) => other !== key));
  return [...(keys.length > 0 ? [keys] : []), ...singles, ...prefixes, ...pairs, ...allButOne].find(
    (assumed) => assumed.length > 0 && !tried.has(assumed.join("\n")),
  );
}
