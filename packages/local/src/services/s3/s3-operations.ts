import type { ServiceOperations } from "../../service-operations.ts";
import type { Elements, MemberRule, OperationRule } from "./operation-rule.ts";
import { OPERATIONS } from "./s3-routes.ts";

/** S3's operations, by the very rules that its requests are read by. */
export const s3Operations: ServiceOperations = {
  service: "S3",
  operations: OPERATIONS.map((rule) => ({
    operation: rule.operation,
    works: rule.works,
    refusedMembers: refusedMembers(rule),
  })),
};

function refusedMembers({ query, headers, body }: OperationRule): string[] {
  return [
    ...Object.entries(query).flatMap(([name, rule]) => describe(`?${name}`, rule)),
    ...Object.entries(headers).flatMap(([name, rule]) => describe(name, rule)),
    ...(typeof body === "string" ? [] : refusedElements(body.elements, body.root)),
  ];
}

function refusedElements(elements: Elements, path: string): string[] {
  return Object.entries(elements).flatMap(([name, rule]) =>
    "elements" in rule ? refusedElements(rule.elements, `${path}.${name}`) : describe(`${path}.${name}`, rule),
  );
}

function describe(name: string, rule: MemberRule): string[] {
  if (rule.does === "refused") return [`\`${name}\``];
  return rule.does === "works" && rule.only !== undefined ? [`\`${name}\` but ${rule.only.join(", ")}`] : [];
}
