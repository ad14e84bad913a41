/** Whether AWS, or the provider before it, takes a value. */
export type Rule = (value: unknown) => boolean;

/** By the path of an argument in its resource, blocks joined by dots. */
export type Rules = Readonly<Record<string, Rule>>;

export const oneOf =
  (...values: readonly unknown[]): Rule =>
  (value) =>
    values.includes(value);

export const text =
  (longest: number, pattern = /^[\s\S]*$/): Rule =>
  (value) =>
    typeof value === "string" && value.length > 0 && value.length <= longest && pattern.test(value);

export const count =
  (from: number, to = Number.MAX_SAFE_INTEGER): Rule =>
  (value) =>
    typeof value === "number" && Number.isInteger(value) && value >= from && value <= to;

export const listOf =
  (rule: Rule, most = Number.MAX_SAFE_INTEGER): Rule =>
  (value) =>
    Array.isArray(value) && value.length <= most && value.every(rule);

export const every =
  (...rules: readonly Rule[]): Rule =>
  (value) =>
    rules.every((rule) => rule(value));

export const json =
  (longest: number): Rule =>
  (value) => {
    if (typeof value !== "string" || value.length > longest) return false;
    try {
      return typeof JSON.parse(value) === "object";
    } catch {
      return false;
    }
  };

/** Of the provider's arguments that tell "not said" from "no". */
export const nullableBoolean = oneOf("true", "false");

/** A range by its first address: the provider takes none that begins within itself. */
export const cidr: Rule = every(text(18, /^(\d{1,3}\.){3}\d{1,3}\/\d{1,2}$/), (value) => {
  const [address = "", bits = ""] = String(value).split("/");
  const bytes = address.split(".").map(Number);
  const within = bytes.reduce((sum, byte) => sum * 256 + byte, 0) % 2 ** (32 - Number(bits));
  return bytes.every((byte) => byte < 256) && Number(bits) <= 32 && within === 0;
});
export const mail = text(320, /^[^@\s]+@[^@\s]+\.[^@\s]+$/);
/** What is partly a reference: its text is known when it is applied. */
export const reference = text(20_000, /\$\{[^}]+\}/);
export const arn = (service: string): Rule =>
  text(2048, new RegExp(`^arn:aws:${service}:[a-z0-9-]*:(\\d{12}|aws)?:.+$`));
