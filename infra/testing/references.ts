import type { Resource, SynthesisedStack } from "./synth-stage.ts";

/** Something that an expression names: `aws_s3_bucket.assets_bucket`, its attribute, and where it stands. */
export interface Reference {
  readonly type: string;
  readonly name: string;
  readonly attribute: string;
  readonly from: string;
}

const EXPRESSION = /(?<!\$)\$\{([^}]*)\}/g;
const NAMED = /\b(data\.)?(aws_[a-z0-9_]+|local)\.([A-Za-z_][A-Za-z0-9_-]*)(?:\.([a-z_0-9]+))?/g;

/** Everything that a stack declares, by address: resources, data sources and locals. */
export function declared(stack: SynthesisedStack): Map<string, unknown> {
  const addresses = new Map<string, unknown>();
  const add = (prefix: string, group: SynthesisedStack["resource"] = {}) => {
    for (const [type, byName] of Object.entries(group))
      for (const [name, body] of Object.entries(byName)) addresses.set(`${prefix}${type}.${name}`, body);
  };
  add("", stack.resource);
  add("data.", stack.data);
  for (const [name, value] of Object.entries(stack.locals)) addresses.set(`local.${name}`, value);
  return addresses;
}

/** Every reference of everything declared, and of outputs. */
export function references(stack: SynthesisedStack): Reference[] {
  const found: Reference[] = [];
  for (const [address, body] of declared(stack)) found.push(...referencesIn(body, address));
  for (const [name, { value }] of Object.entries(stack.output)) found.push(...referencesIn(value, `output.${name}`));
  return found;
}

export function referencesIn(value: unknown, from: string, key = ""): Reference[] {
  if (typeof value === "string") {
    const expressions = key === "depends_on" ? [value] : [...value.matchAll(EXPRESSION)].map(([, inner = ""]) => inner);
    return expressions.flatMap((expression) =>
      [...expression.matchAll(NAMED)].map(([, data = "", type = "", name = "", attribute = ""]) => ({
        type: `${data}${type}`,
        name,
        attribute,
        from,
      })),
    );
  }
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([inner, item]) =>
    inner === "//" ? [] : referencesIn(item, from, Array.isArray(value) ? key : inner),
  );
}

/** How Terraform writes a reference. */
export const ref = (address: string): string => `\${${address}}`;

/** Bodies of all resources of one type, by name. */
export const resourcesOf = (stack: SynthesisedStack, type: string): [string, Resource][] =>
  Object.entries(stack.resource[type] ?? {});

/** Evaluates what policies, user data and descriptions hold, as AWS would have it once the stack is deployed. */
export function evaluate(text: string, stack: SynthesisedStack): string {
  const evaluated = text.replaceAll(EXPRESSION, (_, expression: string) => evaluateExpression(expression, stack));
  return evaluated.replaceAll("$${", () => "${").replaceAll("%%{", "%{");
}

function evaluateExpression(expression: string, stack: SynthesisedStack): string {
  const [reference] = referencesIn(`\${${expression}}`, "");
  if (reference === undefined) throw new Error(`cannot evaluate ${expression}`);
  const { type, name, attribute } = reference;
  if (type === "local") return evaluate(stack.locals[name] ?? "", stack);
  const body = (stack.resource[type] ?? stack.data?.[type.replace("data.", "")])?.[name];
  if (body === undefined) throw new Error(`${expression} is not declared`);
  const own = body[attribute === "id" ? "name" : attribute];
  if (typeof own === "string" && attribute !== "id") return evaluate(own, stack);
  const make = MADE[`${type}.${attribute}`];
  if (make === undefined) throw new Error(`no example of ${type}.${attribute}`);
  return make(name, (key) => evaluate(String(body[key]), stack));
}

const ACCOUNT = "111122223333";
const REGION = "us-west-2";
const arn = (service: string, rest: string, { region = REGION, account = ACCOUNT } = {}) =>
  `arn:aws:${service}:${region}:${account}:${rest}`;
/** An id of EC2's kind, another for each name. */
const hex = (name: string) => Buffer.from(name).toString("hex").padEnd(17, "0").slice(-17);

/** What AWS makes up when something is created. */
const MADE: Readonly<Record<string, (name: string, argument: (key: string) => string) => string>> = {
  "aws_cloudfront_distribution.arn": () => arn("cloudfront", "distribution/E1EXAMPLE", { region: "" }),
  "aws_cloudfront_distribution.id": () => "E1EXAMPLE",
  "aws_cloudfront_distribution.domain_name": () => "d111111abcdef8.cloudfront.net",
  "aws_iam_role.arn": (_, argument) => arn("iam", `role${argument("path")}${argument("name")}`, { region: "" }),
  "aws_lambda_alias.arn": (_, argument) => arn("lambda", `function:${argument("function_name")}:live`),
  "aws_lambda_function.arn": (_, argument) => arn("lambda", `function:${argument("function_name")}`),
  "aws_lambda_function.qualified_arn": (_, argument) => arn("lambda", `function:${argument("function_name")}:12`),
  "aws_launch_template.arn": (name) => arn("ec2", `launch-template/lt-${hex(name)}`),
  "aws_launch_template.latest_version": () => "12",
  "aws_s3_bucket.arn": (_, argument) => `arn:aws:s3:::${argument("bucket")}`,
  "aws_s3_object.version_id": () => "3HL4kqtJlcpXroDTDmJ.rmSpXd3dIbrHY",
  "aws_security_group.id": (name) => `sg-${hex(name)}`,
  "aws_sfn_activity.id": (_, argument) => arn("states", `activity:${argument("name")}`),
  "aws_sfn_alias.arn": () => arn("states", "stateMachine:example:live"),
  "aws_sns_topic.arn": (_, argument) => arn("sns", argument("name")),
  "aws_subnet.id": (name) => `subnet-${hex(name)}`,
};
