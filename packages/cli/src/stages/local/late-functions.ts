import type { LambdaFunction } from "@muster/local";
import type { FunctionName, StageDescription } from "@muster/pipeline";

type Handlers = Readonly<Record<FunctionName, (event: unknown) => Promise<unknown>>>;

/** Functions that an endpoint invokes and that call the endpoint themselves: each needs the other first. */
export function lateFunctions() {
  const byName = new Map<string, LambdaFunction>();
  return {
    byName: byName as ReadonlyMap<string, LambdaFunction>,
    provide({ functions }: StageDescription, handlers: Handlers): void {
      for (const [name, handler] of Object.entries(handlers)) {
        const arn = functions[name] ?? name;
        byName.set(arn.slice(arn.lastIndexOf(":") + 1), handler);
      }
    },
  };
}
