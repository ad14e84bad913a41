import type { MemberRule as Rule } from "../../protocol/member-rules.ts";

/** What becomes of one member of a request: query parameter, header or element of its document. */
export type MemberRule = Rule & {
  /** As the API names it, whatever it is called on its way. */ readonly member: string;
};

export type Members = Readonly<Record<string, MemberRule>>;

/** The elements that a document may hold, by name; an element either has elements of its own or is a member. */
export interface Elements {
  readonly [element: string]: MemberRule | { readonly elements: Elements };
}

/** One operation of S3: how a request for it looks, and what it may hold. What is not named here is refused. */
export interface OperationRule {
  readonly operation: string;
  /** False: known and refused by its name. */
  readonly works: boolean;
  readonly method: "GET" | "HEAD" | "PUT" | "POST" | "DELETE";
  readonly at: "service" | "bucket" | "object";
  /** Query parameters that make a request this operation, beside its method; a value where only that one does. */
  readonly selectors: Readonly<Record<string, string | undefined>>;
  /** Whether `x-amz-copy-source` makes a request this operation. */
  readonly copies?: boolean;
  readonly query: Members;
  readonly headers: Members;
  readonly body: "none" | "bytes" | { readonly root: string; readonly elements: Elements };
}

export const works = (member: string): MemberRule => ({ does: "works", member });
export const only = (member: string, ...values: string[]): MemberRule => ({ does: "works", member, only: values });
export const refused = (member: string): MemberRule => ({ does: "refused", member });
export const ignored = (member: string, why: string): MemberRule => ({ does: "ignored", member, why });
