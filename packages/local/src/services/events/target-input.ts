import type { BusEvent } from "./bus-event.ts";

/** How a target wants its input; without any of these it gets the whole event. */
export interface TargetInput {
  readonly Input?: string;
  readonly InputPath?: string;
  readonly InputTransformer?: {
    readonly InputPathsMap?: Readonly<Record<string, string>>;
    readonly InputTemplate: string;
  };
}

/** What a target receives for an event. @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-transform-target-input.html */
export function inputOf({ Input, InputPath, InputTransformer }: TargetInput, event: BusEvent): unknown {
  if (Input !== undefined) return JSON.parse(Input);
  if (InputPath !== undefined) return read(event, InputPath) ?? null;
  return InputTransformer === undefined ? event : transform(InputTransformer, event);
}

/** Inside quotation marks a placeholder takes a value's text, elsewhere its JSON. */
function transform(
  { InputPathsMap = {}, InputTemplate }: NonNullable<TargetInput["InputTransformer"]>,
  event: BusEvent,
): unknown {
  const valueOfName = (name: string): unknown => {
    if (name === "aws.events.event.json" || name === "aws.events.event") return event;
    if (name === "aws.events.event.ingestion-time") return event.time;
    const path = InputPathsMap[name];
    return path === undefined ? undefined : read(event, path);
  };
  const filled = InputTemplate.replace(/"(?:[^"\\]|\\.)*"|<([\w.-]+)>/g, (match, name?: string) => {
    if (name !== undefined) return JSON.stringify(valueOfName(name) ?? null);
    return match.replace(/<([\w.-]+)>/g, (_placeholder, inner: string) => {
      const value = valueOfName(inner);
      const text = typeof value === "string" ? value : value === undefined ? "" : JSON.stringify(value);
      return JSON.stringify(text).slice(1, -1);
    });
  });
  return JSON.parse(filled);
}

/** `$.detail.instance-id`, `$.resources[0]` */
function read(event: BusEvent, path: string): unknown {
  const steps = path.replace(/^\$\.?/, "").match(/[^.[\]]+/g) ?? [];
  let value: unknown = event;
  for (const step of steps) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, step)) return undefined;
    value = (value as Record<string, unknown>)[step];
  }
  return value;
}
