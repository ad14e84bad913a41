import type { WireRequest } from "../service.ts";
import type { ApiModel } from "./api-model.ts";
import type { RouteMatch } from "./rest-routes.ts";
import { parseXml } from "./xml.ts";
import { xmlMembers } from "./xml-members.ts";

/** Parameters that any request may carry and that are no members: the operation's name once more, and a signature. */
const ENVELOPE_PARAMETERS = /^(x-id|X-Amz-.*)$/;

/** Headers in `x-amz-` that any request may carry: signatures are not verified, and the others describe the client. */
const ENVELOPE_HEADERS: readonly string[] = [
  "x-amz-content-sha256",
  "x-amz-date",
  "x-amz-region-set",
  "x-amz-security-token",
  "x-amz-user-agent",
];

/**
 * The members of a request by their names in the API, as text; a document in the body by its elements. What the operation does not
 * have keeps the name that it came by (`?parameter`, `x-amz-header`), and is refused by it.
 */
export function restInput(
  model: ApiModel,
  { operation, labels, query }: RouteMatch<string>,
  { headers, body }: Pick<WireRequest, "headers" | "body">,
): Record<string, unknown> {
  const members = model.structures.get(operation) ?? [];
  const nameOf = (place: string, wireName: string): string | undefined =>
    members.find(({ at }) => at?.place === place && at.wireName === wireName)?.name;
  const input: Record<string, unknown> = { ...labels };
  for (const [name, value] of query) {
    if (!ENVELOPE_PARAMETERS.test(name)) input[nameOf("query", name) ?? `?${name}`] = value;
  }
  for (const [name, value] of Object.entries(headers)) {
    const member = nameOf("header", name);
    if (member !== undefined || (name.startsWith("x-amz-") && !ENVELOPE_HEADERS.includes(name)))
      input[member ?? name] = value;
  }
  const document = members.find(({ at }) => at?.place === "body");
  if (document?.at !== undefined && document.type.is === "structure")
    input[document.name] = xmlMembers(parseXml(body, document.at.wireName), document.type.structure, model);
  return input;
}
