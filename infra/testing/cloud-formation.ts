import { parse, type YAMLMap, type YAMLSeq } from "yaml";

/** A template, once its functions have their values. */
export interface Template {
  readonly Parameters: Readonly<Record<string, { AllowedPattern?: string; MaxLength?: number }>>;
  readonly Outputs: Readonly<Record<string, { Value: unknown }>>;
  readonly Resources: Readonly<
    Record<string, { Type: string; Properties: Record<string, unknown>; DeletionPolicy?: string }>
  >;
}

/** What references and attributes become; a list of names is what a comma-delimited parameter holds. */
export type Values = Readonly<Record<string, string | readonly string[]>>;

interface Context {
  readonly values: Values;
  readonly conditions: Readonly<Record<string, unknown>>;
}

const NO_VALUE = Symbol("AWS::NoValue");

/**
 * The template as CloudFormation would make it, as far as these templates' functions go.
 * @throws Error for a reference that nothing is known of, as CloudFormation refuses it
 */
export function resolveTemplate(text: string, values: Values): Template {
  const template = parse(text, { customTags: SHORT_FORMS }) as { Conditions?: Record<string, unknown> };
  const defaults = Object.entries((template as unknown as Template).Parameters).flatMap(([name, parameter]) => {
    const { Default, Type } = parameter as { Default?: string; Type?: string };
    if (Default === undefined) return [];
    return [[name, Type === "CommaDelimitedList" ? Default.split(",") : Default] as const];
  });
  const context = { values: { ...Object.fromEntries(defaults), ...values }, conditions: template.Conditions ?? {} };
  return resolve(template, context) as Template;
}

function resolve(value: unknown, context: Context): unknown {
  if (Array.isArray(value)) return value.map((item) => resolve(item, context)).filter((item) => item !== NO_VALUE);
  if (typeof value !== "object" || value === null) return value;
  const [[name, argument] = ["", undefined], ...more] = Object.entries(value);
  if (more.length === 0 && name in FUNCTIONS) return FUNCTIONS[name]?.(argument, context);
  const resolved = Object.entries(value).map(([key, item]) => [key, resolve(item, context)] as const);
  return Object.fromEntries(resolved.filter(([, item]) => item !== NO_VALUE));
}

function named(name: string, { values }: Context): string | readonly string[] {
  const value = values[name];
  if (value === undefined) throw new Error(`the template refers to ${name}, which is not known`);
  return value;
}

/** @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-join.html */
function literal(delimiter: unknown): string {
  if (typeof delimiter === "string") return delimiter;
  throw new Error(`CloudFormation takes no function as a delimiter: ${JSON.stringify(delimiter)}`);
}

const FUNCTIONS: Readonly<Record<string, (argument: unknown, context: Context) => unknown>> = {
  Ref: (name, context) => (name === "AWS::NoValue" ? NO_VALUE : named(String(name), context)),
  "Fn::GetAtt": (path, context) => named([path].flat().join("."), context),
  "Fn::Sub": (argument, context) => {
    const [text, own = {}] = [argument].flat() as [string, Record<string, unknown>?];
    const known = { ...context.values, ...(resolve(own, context) as Values) };
    return text.replaceAll(/\$\{(!?)([^}]+)\}/g, (whole, literal: string, name: string) =>
      literal === "!" ? whole.replace("!", "") : String(named(name, { ...context, values: known })),
    );
  },
  "Fn::Join": (argument, context) => {
    const [delimiter, list] = argument as [unknown, unknown];
    return (resolve(list, context) as string[]).join(literal(delimiter));
  },
  "Fn::Split": (argument, context) => {
    const [delimiter, text] = argument as [unknown, unknown];
    return (resolve(text, context) as string).split(literal(delimiter));
  },
  "Fn::Equals": (argument, context) => {
    const [one, other] = resolve(argument, context) as [unknown, unknown];
    return one === other;
  },
  "Fn::Not": (argument, context) => !(resolve(argument, context) as [boolean])[0],
  "Fn::If": (argument, context) => {
    const [name, yes, no] = argument as [string, unknown, unknown];
    return resolve(resolve(context.conditions[name], context) ? yes : no, context);
  },
};

const SHORT_FORMS = [
  { tag: "!Ref", resolve: (value: string) => ({ Ref: value }) },
  { tag: "!Sub", resolve: (value: string) => ({ "Fn::Sub": value }) },
  ...["Equals", "If", "Join", "Not", "Split", "Sub"].map((name) => ({
    tag: `!${name}`,
    collection: "seq" as const,
    resolve: (list: unknown) => ({ [`Fn::${name}`]: (list as YAMLSeq | YAMLMap).toJSON() }),
  })),
];
