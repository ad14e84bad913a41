/** What a Task state calls. */
export type TaskResource =
  | { readonly kind: "lambda"; readonly arn: string }
  | { readonly kind: "lambda:invoke"; readonly callback: boolean }
  | { readonly kind: "activity"; readonly arn: string };

const LAMBDA = /^arn:aws[a-z-]*:lambda:[a-z0-9-]+:\d{12}:function:[A-Za-z0-9_-]+(?::[A-Za-z0-9$_-]+)?$/;
const ACTIVITY = /^arn:aws[a-z-]*:states:[a-z0-9-]+:\d{12}:activity:[^\s<>{}[\]?*"#%\\^|~`$&,;:/]+$/;
const INVOKE = /^arn:aws[a-z-]*:states:::lambda:invoke(\.waitForTaskToken)?$/;

/** Undefined for a resource that this machine has nothing for. */
export function parseTaskResource(resource: string): TaskResource | undefined {
  if (LAMBDA.test(resource)) return { kind: "lambda", arn: resource };
  if (ACTIVITY.test(resource)) return { kind: "activity", arn: resource };
  const invoke = INVOKE.exec(resource);
  return invoke === null ? undefined : { kind: "lambda:invoke", callback: invoke[1] !== undefined };
}
