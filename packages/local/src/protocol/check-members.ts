import { AwsError } from "../aws-error.ts";
import type { Operation } from "../service.ts";

type MemberType = "string" | "number" | "boolean" | "list" | "map";

/** The members of an operation's input that it relies on; `!` marks those that must be there. */
export type Members = Readonly<Record<string, MemberType | `${MemberType}!`>>;

/**
 * Puts a check of the input before operations of AWS JSON services, so that they may trust its shape: a missing member is answered
 * `missingCode`, one of another type `SerializationException`. SDK clients check the same before they send.
 */
export function checkMembers<Operations extends Readonly<Record<string, Operation>>>(
  operations: Operations,
  shapes: Readonly<Partial<Record<keyof Operations & string, Members>>>,
  missingCode: string,
): Readonly<Record<string, Operation>> {
  const checked = (operation: Operation, members: Members): Operation =>
    ((input: never, context) => {
      for (const [name, shape] of Object.entries(members)) checkMember(input, name, shape, missingCode);
      return operation(input, context);
    }) satisfies Operation;
  return Object.fromEntries(
    Object.entries(operations).map(([name, operation]) => [name, checked(operation, shapes[name] ?? {})]),
  );
}

function checkMember(
  input: Readonly<Record<string, unknown>>,
  name: string,
  shape: Members[string],
  missingCode: string,
): void {
  const value = Object.hasOwn(input, name) ? input[name] : undefined;
  if (value === undefined || value === null) {
    if (!shape.endsWith("!")) return;
    const message = `1 validation error detected: Value null at '${name}' failed to satisfy constraint: Member must not be null`;
    throw new AwsError(missingCode, message);
  }
  const type = shape.replace("!", "");
  if (typeOf(value) !== type) throw new AwsError("SerializationException", `'${name}' must be a ${type}`);
}

function typeOf(value: unknown): string {
  if (Array.isArray(value)) return "list";
  return typeof value === "object" ? "map" : typeof value;
}
