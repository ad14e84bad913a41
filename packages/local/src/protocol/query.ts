import { AwsError } from "../aws-error.ts";
import type { Protocol, WireRequest } from "../service.ts";
import { renderXml } from "./xml.ts";

/** A parsed parameter: text, a structure by member names, or a list. */
export type QueryValue = string | readonly QueryValue[] | { readonly [member: string]: QueryValue };

export interface QueryOptions {
  readonly namespace: string;
  /** EC2's dialect differs from the other services': bare list names, `<item>`s, errors of its own shape. */
  readonly dialect: "ec2" | "query";
}

/**
 * The query protocols: a form of flat parameters in, XML out. Operations get the parameters as the wire spells them (text, singular
 * list names), nested: `Filter.1.Value.2=x` is `Filter[0].Value[1]`. They answer objects with the answer's element names.
 * @see https://smithy.io/2.0/aws/protocols/aws-ec2-query-protocol.html
 * @see https://smithy.io/2.0/aws/protocols/aws-query-protocol.html
 */
export function queryProtocol({ namespace, dialect }: QueryOptions): Protocol {
  return {
    parse(request) {
      const parameters = readForm(request);
      const operation = parameters.get("Action");
      if (operation === null) return undefined;
      for (const name of [...parameters.keys()]) if (ENVELOPE.test(name)) parameters.delete(name);
      return { operation, input: nest(parameters) };
    },
    respond({ operation }, output, requestId) {
      const content =
        dialect === "ec2"
          ? { requestId, ...(listsAsItems(output) as object) }
          : { [`${operation}Result`]: listsAsMembers(output), ResponseMetadata: { RequestId: requestId } };
      return {
        status: 200,
        headers: { "content-type": "text/xml;charset=UTF-8", "x-amzn-requestid": requestId },
        body: renderXml(`${operation}Response`, content, namespace),
      };
    },
    fail(_call, { code, message, status }, requestId) {
      const headers = { "content-type": "text/xml;charset=UTF-8", "x-amzn-requestid": requestId };
      if (dialect === "ec2") {
        const content = { Errors: { Error: { Code: code, Message: message } }, RequestID: requestId };
        return { status, headers, body: renderXml("Response", content) };
      }
      const Type = status < 500 ? "Sender" : "Receiver";
      const content = { Error: { Type, Code: code, Message: message }, RequestId: requestId };
      return { status, headers, body: renderXml("ErrorResponse", content, namespace) };
    },
  };
}

/** What says how to read a form, or signs it, and is no member of an operation. @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/CommonParameters.html */
const ENVELOPE =
  /^(Action|Version|X-Amz-.*|AWSAccessKeyId|Signature|SignatureMethod|SignatureVersion|SecurityToken|Timestamp|Expires)$/;

/** The action of a form, whether or not it is signed; tells apart services that share this protocol. */
export function readForm({ method, url, body }: Pick<WireRequest, "method" | "url" | "body">): URLSearchParams {
  if (method === "POST") return new URLSearchParams(Buffer.from(body).toString("utf8"));
  const query = url.indexOf("?");
  return new URLSearchParams(query < 0 ? "" : url.slice(query));
}

type Branch = Map<string, string | Branch>;

function nest(parameters: URLSearchParams): QueryValue {
  const root: Branch = new Map();
  for (const [name, value] of parameters) {
    const path = name.split(".");
    const last = path.pop() ?? name;
    let branch = root;
    for (const member of path) {
      const next = branch.get(member) ?? new Map();
      if (typeof next === "string")
        throw new AwsError("InvalidParameterCombination", `The parameter ${name} is given twice`);
      branch.set(member, next);
      branch = next;
    }
    branch.set(last, value);
  }
  return plain(root);
}

/** A branch whose members are all numbers is a list; `member` is how other services than EC2 spell one. */
function plain(branch: Branch): QueryValue {
  const members = [...branch].map(([name, value]): [string, QueryValue] => [
    name,
    typeof value === "string" ? value : plain(value),
  ]);
  if (members.length > 0 && members.every(([name]) => /^\d+$/.test(name))) {
    return members.sort(([a], [b]) => Number(a) - Number(b)).map(([, value]) => value);
  }
  const [only] = members;
  if (members.length === 1 && only?.[0] === "member" && Array.isArray(only[1])) return only[1];
  return Object.fromEntries(members);
}

function listsAsItems(value: unknown): unknown {
  return mapLists(value, (list) => ({ item: list }));
}

function listsAsMembers(value: unknown): unknown {
  return mapLists(value, (list) => ({ member: list }));
}

function mapLists(value: unknown, wrap: (list: unknown[]) => unknown): unknown {
  if (Array.isArray(value)) return value.length === 0 ? "" : wrap(value.map((element) => mapLists(element, wrap)));
  if (typeof value !== "object" || value === null || value instanceof Date) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, mapLists(member, wrap)]));
}
