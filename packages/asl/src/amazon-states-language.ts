/**
 * The part of Amazon States Language that Muster's state machines use.
 * @see https://states-language.net/spec.html
 */
export interface StateMachineDefinition {
  readonly Comment: string;
  readonly StartAt: string;
  readonly States: States;
}

export type States = Readonly<Record<string, State>>;

export type State = TaskState | PassState | ChoiceState | WaitState | ParallelState | MapState;

/** JSON whose keys that end in `.$` are paths into the state's data, or with `$$` into the context object. Undefined members are left out. */
export interface PayloadTemplate {
  readonly [key: string]: string | number | boolean | PayloadTemplate | readonly string[] | undefined;
}

export interface Retrier {
  readonly ErrorEquals: readonly string[];
  readonly IntervalSeconds?: number;
  readonly MaxAttempts: number;
  readonly BackoffRate?: number;
  readonly MaxDelaySeconds?: number;
}

export interface Catcher {
  readonly ErrorEquals: readonly string[];
  /** Where the error goes; null drops it. */
  readonly ResultPath: string | null;
  readonly Next: string;
}

interface Commented {
  readonly Comment?: string;
}

type Transition = { readonly Next: string } | { readonly End: true };

interface Shaped {
  readonly InputPath?: string;
  readonly OutputPath?: string;
  readonly Parameters?: PayloadTemplate;
}

interface Resulting extends Shaped {
  readonly ResultSelector?: PayloadTemplate;
  /** Where the result goes, the whole of the data where absent; null drops it. */
  readonly ResultPath?: string | null;
  readonly Retry?: readonly Retrier[];
  readonly Catch?: readonly Catcher[];
}

export type TaskState = Commented &
  Resulting &
  Transition & {
    readonly Type: "Task";
    readonly Resource: string;
    readonly HeartbeatSeconds?: number;
  } & (
    | { readonly TimeoutSeconds: number; readonly TimeoutSecondsPath?: never }
    | { readonly TimeoutSecondsPath: string; readonly TimeoutSeconds?: never }
  );

export type PassState = Commented &
  Shaped &
  Transition & { readonly Type: "Pass"; readonly Result?: PayloadTemplate; readonly ResultPath?: string };

export interface ChoiceRule {
  readonly And?: readonly ChoiceRule[];
  readonly Variable?: string;
  readonly BooleanEquals?: boolean;
  readonly IsPresent?: boolean;
  readonly Next?: string;
}

export type ChoiceState = Commented & {
  readonly Type: "Choice";
  readonly Choices: readonly (ChoiceRule & { readonly Next: string })[];
  readonly Default: string;
};

export type WaitState = Commented &
  Transition & { readonly Type: "Wait" } & ({ readonly Seconds: number } | { readonly SecondsPath: string });

export type ParallelState = Commented &
  Resulting &
  Transition & { readonly Type: "Parallel"; readonly Branches: readonly NestedMachine[] };

export type MapState = Commented &
  Resulting &
  Transition & {
    readonly Type: "Map";
    readonly ItemsPath: string;
    readonly ItemSelector: PayloadTemplate;
    readonly MaxConcurrency?: number;
    readonly MaxConcurrencyPath?: string;
    /** Of the ARNs of a distributed Map's runs. */
    readonly Label?: string;
    readonly ItemProcessor: NestedMachine & {
      readonly ProcessorConfig:
        | { readonly Mode: "INLINE" }
        | { readonly Mode: "DISTRIBUTED"; readonly ExecutionType: "STANDARD" };
    };
    readonly ResultWriter?: { readonly Resource: string; readonly Parameters: PayloadTemplate };
  };

export interface NestedMachine {
  readonly StartAt: string;
  readonly States: States;
}
