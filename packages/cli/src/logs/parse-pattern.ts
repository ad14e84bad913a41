import { UsageError } from "../usage-error.ts";

/**
 * A pattern that lines are searched for: JavaScript's regular expressions.
 * @throws UsageError that says what is wrong with it
 */
export function parsePattern(text: string): RegExp {
  try {
    return new RegExp(text);
  } catch (error) {
    const why = (error as Error).message.replace(/^Invalid regular expression: (?:\/[\s\S]*\/\w*: )?/, "");
    throw new UsageError(`--grep "${text}" is no regular expression: ${why}`, {
      hint: "a backslash before a character takes it as it is: \\(",
    });
  }
}
