import type { ApiModel, ModelType, Scalar } from "./api-model.ts";

/** What becomes of one member of a request. */
export type MemberRule =
  /** It does what it does on AWS. `values` are those that AWS has, `only` those of them that work here (`*` is any text), `whole` its range. */
  | {
      readonly does: "works";
      readonly values?: readonly string[];
      readonly only?: readonly string[];
      readonly whole?: readonly [number, number];
      /** The service's own error for what is not among `only`. */
      readonly code?: string;
    }
  /** Known, and not implemented here: the request is refused and changes nothing. */
  | { readonly does: "refused" }
  /** It makes no difference, on AWS or on this machine. */
  | { readonly does: "ignored"; readonly why: string };

/** Rules by path, `TagSpecification.Tag.Key`: lists and maps are no step of it. What is not named is refused. */
export type OperationMembers = Readonly<Record<string, MemberRule>>;

/** The operations that work. */
export type ServiceMembers = Readonly<Record<string, OperationMembers>>;

/** Members that do all that they do on AWS. */
export const working = (...paths: readonly string[]): OperationMembers =>
  Object.fromEntries(paths.map((path) => [path, { does: "works" }]));

/** Other values than these are refused. */
export const only = (...values: readonly string[]): MemberRule => ({ does: "works", only: values });

/** AWS has no other values than these. */
export const oneOf = (...values: readonly string[]): MemberRule => ({ does: "works", values });

/** A whole number in this range. */
export const whole = (least: number, most: number): MemberRule => ({ does: "works", whole: [least, most] });

export const ignored = (why: string): MemberRule => ({ does: "ignored", why });

/** The same rules for members of a structure, by its path. */
export const within = (path: string, members: OperationMembers): OperationMembers =>
  Object.fromEntries(Object.entries(members).map(([name, rule]) => [`${path}.${name}`, rule]));

/** The rules of one operation, joined with its input as the model describes it. */
export type Expectation =
  | { readonly is: "refused" }
  | { readonly is: "scalar"; readonly scalar: Scalar; readonly rule: MemberRule }
  | { readonly is: "list" | "map"; readonly of: Expectation }
  | {
      readonly is: "structure";
      readonly required: readonly string[];
      readonly members: ReadonlyMap<string, Expectation>;
    };

export interface OperationRules {
  readonly model: ApiModel;
  readonly operation: string;
  readonly rules: OperationMembers;
}

/** Throws where rules name members that the API does not have, or say of a structure that it works without saying what of it. */
export function expectationOf({ model, operation, rules }: OperationRules): Expectation {
  const used = new Set<string>();
  const expectation = expectStructure({ model, rules, used }, operation, { path: "", inherited: undefined });
  const unused = Object.keys(rules).find((path) => !used.has(path));
  if (unused !== undefined) throw new RangeError(`${operation} has no member ${unused}`);
  return expectation;
}

type Rules = Pick<OperationRules, "model" | "rules"> & { readonly used: Set<string> };

interface Place {
  readonly path: string;
  /** What is said of all that is in this structure. */
  readonly inherited: MemberRule | undefined;
}

function expectStructure(rules: Rules, structure: string, { path, inherited }: Place): Expectation {
  const members = rules.model.structures.get(structure);
  if (members === undefined) throw new RangeError(`the model has no structure ${structure}`);
  return {
    is: "structure",
    required: members.filter(({ isRequired }) => isRequired).map(({ name }) => name),
    members: new Map(
      members.map(({ name, type }) => {
        const inner = path === "" ? name : `${path}.${name}`;
        const own = rules.rules[inner];
        if (own !== undefined) rules.used.add(inner);
        return [name, expect(rules, type, { path: inner, inherited: own ?? inherited })];
      }),
    ),
  };
}

function expect(rules: Rules, type: ModelType, { path, inherited }: Place): Expectation {
  switch (type.is) {
    case "list":
    case "map": {
      const of = expect(rules, type.of, { path, inherited });
      return of.is === "refused" ? of : { is: type.is, of };
    }
    case "structure": {
      if (inherited?.does === "works") throw new RangeError(`${path}: say which of its members work`);
      const isNamed = Object.keys(rules.rules).some((other) => other.startsWith(`${path}.`));
      if (inherited?.does !== "ignored" && !isNamed) return { is: "refused" };
      return expectStructure(rules, type.structure, { path, inherited });
    }
    case "scalar":
      if (inherited === undefined || inherited.does === "refused") return { is: "refused" };
      return { is: "scalar", scalar: type.scalar, rule: inherited };
  }
}

/** Members that are refused, as people read it: the uppermost of those that are refused as a whole. */
export function refusedMembers(expectation: Expectation, path = ""): string[] {
  switch (expectation.is) {
    case "refused":
      return [`\`${path}\``];
    case "list":
    case "map":
      return refusedMembers(expectation.of, path);
    case "structure":
      return [...expectation.members].flatMap(([name, member]) =>
        refusedMembers(member, path === "" ? name : `${path}.${name}`),
      );
    case "scalar": {
      const { rule } = expectation;
      return rule.does === "works" && rule.only !== undefined ? [`\`${path}\` but ${rule.only.join(", ")}`] : [];
    }
  }
}

export interface IgnoredMember {
  readonly member: string;
  readonly why: string;
}

/** Members that make no difference. */
export function ignoredMembers(expectation: Expectation, path = ""): IgnoredMember[] {
  switch (expectation.is) {
    case "refused":
      return [];
    case "list":
    case "map":
      return ignoredMembers(expectation.of, path);
    case "structure":
      return [...expectation.members].flatMap(([name, member]) =>
        ignoredMembers(member, path === "" ? name : `${path}.${name}`),
      );
    case "scalar":
      return expectation.rule.does === "ignored" ? [{ member: path, why: expectation.rule.why }] : [];
  }
}
