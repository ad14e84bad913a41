import { AwsError } from "../../aws-error.ts";
import { EVERYWHERE, EVERYWHERE_IN_QUERY, MEANINGFUL_HEADERS } from "./operation-members.ts";
import type { MemberRule, Members, OperationRule } from "./operation-rule.ts";
import { REFUSED_OPERATIONS } from "./refused-operations.ts";
import { WORKING_OPERATIONS } from "./working-operations.ts";

/** Every operation that S3 has. */
export const OPERATIONS: readonly OperationRule[] = [...WORKING_OPERATIONS, ...REFUSED_OPERATIONS];

/** A request as far as it decides which operation it is. */
export interface Target {
  readonly method: string;
  readonly bucket: string;
  readonly key: string;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string>>;
}

const SELECTORS: ReadonlySet<string> = new Set(OPERATIONS.flatMap(({ selectors }) => Object.keys(selectors)));
const BY_TARGET = Map.groupBy(OPERATIONS, ({ method, at }) => `${method} ${at}`);
const BY_NAME = new Map(OPERATIONS.map((rule) => [rule.operation, rule]));

/** The rule of the operation that is asked for. Throws what AWS answers where there is none, and `NotImplemented` where it is not here. */
export function ruleFor(target: Target): OperationRule {
  const { method, query, headers } = target;
  const at = target.bucket === "" ? "service" : target.key === "" ? "bucket" : "object";
  const copies = headers["x-amz-copy-source"] !== undefined;
  const selected = [...new Set(query.keys())].filter((name) => SELECTORS.has(name));
  const matching = (BY_TARGET.get(`${method} ${at}`) ?? []).filter((rule) => matches(rule, selected, query));
  const most = Math.max(...matching.map(countSelectors));
  const closest = matching.filter((rule) => countSelectors(rule) === most);
  const named = BY_NAME.get(query.get("x-id") ?? "");
  const isRefusedByName = named?.works === false && named.method === method;
  const rule = isRefusedByName ? named : (closest.find((one) => (one.copies ?? false) === copies) ?? closest[0]);
  if (rule?.works) return rule;
  if (rule !== undefined)
    throw notImplemented(`${nameSelectors(rule)}(${rule.operation})`, { Operation: rule.operation });
  throw noSuchOperation(method, selected);
}

function matches(
  { selectors, query: members }: OperationRule,
  selected: readonly string[],
  query: URLSearchParams,
): boolean {
  return (
    Object.entries(selectors).every(
      ([name, value]) => query.has(name) && (value ?? query.get(name)) === query.get(name),
    ) && selected.every((name) => Object.hasOwn(selectors, name) || Object.hasOwn(members, name))
  );
}

const countSelectors = ({ selectors }: OperationRule): number => Object.keys(selectors).length;

/** A subresource that is not here, one that this method does not have, several of them, or none at all. */
function noSuchOperation(method: string, selected: readonly string[]): AwsError {
  const unknown = selected.find((name) => !WORKING_OPERATIONS.some(({ selectors }) => Object.hasOwn(selectors, name)));
  if (unknown !== undefined && selected.length === 1) return notImplemented(`?${unknown}`, { ArgumentName: unknown });
  if (selected.length > 1) {
    const message = `Conflicting query string parameters: ${selected.join(", ")}`;
    return new AwsError("InvalidArgument", message, { ArgumentName: "ResourceType", ArgumentValue: selected[0] });
  }
  const message = "The specified method is not allowed against this resource.";
  return new AwsError("MethodNotAllowed", message, { status: 405, Method: method, ResourceType: selected[0] });
}

function nameSelectors({ selectors }: OperationRule): string {
  return Object.keys(selectors)
    .map((name) => `?${name} `)
    .join("");
}

/** The members of a request by their names in the API. Throws `NotImplemented` for the first that is not on the operation's list. */
export function readMembers(
  rule: OperationRule,
  { query, headers }: Pick<Target, "query" | "headers">,
): Record<string, string> {
  const members: Record<string, string> = {};
  for (const [name, value] of query) {
    if (isForAccessLogs(name) || (Object.hasOwn(rule.selectors, name) && !Object.hasOwn(rule.query, name))) continue;
    const rules = [rule.query, EVERYWHERE_IN_QUERY];
    admit(members, { name, value, shown: `the query parameter ?${name}`, fields: { ArgumentName: name }, rule, rules });
  }
  for (const [name, value] of Object.entries(headers)) {
    const listed = rule.headers[name] ?? EVERYWHERE[name];
    if (name.startsWith("x-amz-meta-") && rule.headers["x-amz-meta-*"] !== undefined) continue;
    if (listed === undefined && !name.startsWith("x-amz-") && !MEANINGFUL_HEADERS.includes(name)) continue;
    const rules = [rule.headers, EVERYWHERE];
    admit(members, { name, value, shown: `the header ${name}`, fields: { Header: name }, rule, rules });
  }
  return members;
}

interface Admission {
  readonly name: string;
  readonly value: string;
  readonly shown: string;
  readonly fields: Readonly<Record<string, unknown>>;
  readonly rule: OperationRule;
  readonly rules: readonly Members[];
}

function admit(members: Record<string, string>, { name, value, shown, fields, rule, rules }: Admission): void {
  const listed = rules.find((candidate) => Object.hasOwn(candidate, name))?.[name];
  refuseUnless(listed, value, { shown: `${shown} (${rule.operation})`, fields });
  if (listed?.does === "works") members[listed.member] = value;
}

/** Throws `NotImplemented`, naming what is meant, where a member may not be given, or not with this value. */
export function refuseUnless(
  listed: MemberRule | undefined,
  value: string,
  { shown, fields }: { readonly shown: string; readonly fields: Readonly<Record<string, unknown>> },
): void {
  if (listed === undefined || listed.does === "refused") throw notImplemented(shown, fields);
  if (listed.does !== "works" || listed.only === undefined) return;
  const accepted = listed.only.some((candidate) => candidate.toLowerCase() === value.trim().toLowerCase());
  if (!accepted) throw notImplemented(`${shown}, except as ${listed.only.join(" or ")}`, fields);
}

function notImplemented(what: string, fields: Readonly<Record<string, unknown>>): AwsError {
  return new AwsError("NotImplemented", `The local S3 does not implement ${what}`, { status: 501, ...fields });
}

/**
 * S3 ignores parameters that begin with `x-`: they are there for its access logs. Its own begin so too.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/LogFormat.html
 */
function isForAccessLogs(name: string): boolean {
  return name.startsWith("x-") && !name.startsWith("x-amz-") && name !== "x-id";
}
