import type { Check } from "./answer-checks.ts";
import { InvalidConfigurationError, MusterError } from "./muster-error.ts";

type AnyFunction = (...asked: never[]) => unknown;

type FunctionIn<T> = Extract<T, AnyFunction>;

/** A check for each function that a T has, of what it answers: a function that T gets does not compile until it has one here. */
export type Answers<T> = {
  readonly [K in keyof T as [FunctionIn<T[K]>] extends [never] ? never : K]-?: Check<
    Awaited<ReturnType<FunctionIn<T[K]>>>
  >;
};

/** By the function that checks: the one that it asks, and where that stands. */
const checked = new WeakMap<AnyFunction, { readonly asks: AnyFunction; readonly place: string }>();

export interface CheckedAnswers<T> {
  readonly answers: Answers<T>;
  /** What the owner is called: a step's name, `versions`. */
  readonly place: string;
  /** Functions that may answer later. */
  readonly later?: readonly (keyof Answers<T>)[];
}

/** The same, with functions whose answers are held to their types; itself where they are already, or it is no object. */
export function withCheckedAnswers<T extends object>(owner: T, { answers, place, later = [] }: CheckedAnswers<T>): T {
  const members = (owner ?? {}) as Record<string, unknown>;
  const replaced = Object.entries<Check<unknown>>(answers).flatMap(([field, check]) => {
    const given = members[field];
    const at = place === "" ? field : `${place}.${field}`;
    if (typeof given !== "function" || checked.get(given as AnyFunction)?.place === at) return [];
    const asks = checked.get(given as AnyFunction)?.asks ?? (given as AnyFunction);
    const checks = (later as readonly string[]).includes(field) ? answeringLater : answering;
    const checking = checks(asks as (...asked: unknown[]) => unknown, at, check);
    checked.set(checking, { asks, place: at });
    return [[field, checking]];
  });
  return replaced.length === 0 ? owner : { ...owner, ...Object.fromEntries(replaced) };
}

function answering(asks: (...asked: unknown[]) => unknown, place: string, check: Check<unknown>): AnyFunction {
  return (...asked: unknown[]) => {
    let answer: unknown;
    try {
      answer = asks(...asked);
    } catch (error) {
      throw error instanceof MusterError ? error : thrown(`${place}(${told(asked)})`, error);
    }
    return held(answer, check, () => `${place}(${told(asked)})`);
  };
}

/** What it waits for may fail of itself, and come right on a retry: such an error stays what it is, and says where it was. */
function answeringLater(asks: (...asked: unknown[]) => unknown, place: string, check: Check<unknown>): AnyFunction {
  return async (...asked: unknown[]) => {
    const at = `${place}(${told(asked)})`;
    let answer: unknown;
    try {
      answer = await asks(...asked);
    } catch (error) {
      if (isOwnFault(error)) throw thrown(at, error);
      if (error instanceof Error && !(error instanceof MusterError)) error.message = `${at}: ${error.message}`;
      throw error;
    }
    return held(answer, check, () => at);
  };
}

/** Of the code itself; `fetch` fails of a TypeError too, which has a cause. */
const isOwnFault = (error: unknown): boolean =>
  (error instanceof TypeError || error instanceof ReferenceError || error instanceof RangeError) &&
  error.cause === undefined;

const thrown = (place: string, error: unknown): Error =>
  new InvalidConfigurationError(`${place} throws: ${error instanceof Error ? error.message : String(error)}`, {
    hint: "correct the definition",
    cause: error,
  });

function held(answer: unknown, check: Check<unknown>, place: () => string): unknown {
  const problem = check(answer);
  if (problem === undefined) return answer;
  // Nobody waits for it.
  if (answer instanceof Promise) answer.catch(() => {});
  throw new InvalidConfigurationError(place() + problem, {
    hint: answer instanceof Promise ? "only shouldRun may be async" : "correct what it returns",
  });
}

/** What a function was asked: `1.2.3, debian-12-bookworm`. */
const told = (asked: readonly unknown[]): string =>
  asked
    .flatMap((each) => {
      if (each instanceof Date) return [each.toISOString().slice(0, 10)];
      if (typeof each !== "object" || each === null) return [each];
      const { version, platform } = each as { version?: unknown; platform?: unknown };
      return [version, platform].filter((word) => word !== undefined);
    })
    .join(", ");
