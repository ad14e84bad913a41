import { AwsError } from "../src/aws-error.ts";
import { type Clock, sleepUntil } from "../src/clock.ts";
import type { InvocationResult, InvokeFunction } from "../src/lambda-functions.ts";
import type { Json } from "../src/services/states/language/json.ts";
import { jsonText, parseJson } from "../src/services/states/language/json-text.ts";

type Behaviour = (
  event: unknown,
  clock: Clock,
  signal: AbortSignal | undefined,
) => InvocationResult | Promise<InvocationResult>;

function fails(errorType: string, errorMessage: string): Behaviour {
  return () => ({ functionError: { errorType, errorMessage, trace: [] } });
}

/** How the functions of the recordings behaved. */
const BEHAVIOURS: Readonly<Record<string, Behaviour>> = {
  id_function: (event) => ({ payload: event }),
  echo_function: () => ({ payload: { Return: "HelloWorld" } }),
  return_decorated_input: (event) => ({ payload: `input-event-${jsonText(event as Json)}` }),
  return_bytes_str: () => ({ payload: "HelloWorld!" }),
  large_output_string: () => ({ payload: "a".repeat(257 * 1024) }),
  raise_exception: fails("Exception", "Some exception was raised."),
  // As recorded: its class hands its message on to nobody.
  raise_custom_exception: fails("CustomException", ""),
  async wait_60_seconds(event, clock, signal) {
    await sleepUntil(clock, clock.now() + 60_000, signal);
    return { payload: event };
  },
};

/** Functions by ARN, with the given behaviours; any other does not exist. */
export function recordedFunctions(behaviours: Readonly<Record<string, string>>, clock: Clock): InvokeFunction {
  const byName = new Map(Object.entries(behaviours).map(([arn, behaviour]) => [nameOf(arn), behaviour]));
  return async (functionNameOrArn, payload, signal) => {
    const behaviour = byName.get(nameOf(functionNameOrArn));
    if (behaviour === undefined) {
      throw new AwsError("ResourceNotFoundException", `Function not found: ${functionNameOrArn}`, { status: 404 });
    }
    const run = BEHAVIOURS[behaviour];
    if (run === undefined)
      throw new Error(`the case needs a function that behaves as ${behaviour}: add it to function-behaviours.ts`);
    return run(parseJson(jsonText(payload as Json)), clock, signal);
  };
}

function nameOf(functionNameOrArn: string): string {
  return /:function:([^:]+)/.exec(functionNameOrArn)?.[1] ?? functionNameOrArn;
}
