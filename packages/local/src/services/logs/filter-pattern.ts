import { AwsError } from "../../aws-error.ts";

/**
 * A filter pattern for unstructured logs: terms that must all occur, `-term` that must not, `?term` of which one must,
 * `"a phrase"`, `%a regular expression%`. Matching tells cases apart. JSON and space-delimited patterns are refused.
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
 */
export function parseFilterPattern(pattern: string | undefined): (message: string) => boolean {
  const text = (pattern ?? "").trim();
  if (text === "") return () => true;
  if (/^[{[]/.test(text)) {
    throw new AwsError(
      "InvalidParameterException",
      `The local CloudWatch Logs takes filter patterns of terms, not ${text}`,
    );
  }
  const terms = [...text.matchAll(/([-?]?)(?:"((?:[^"\\]|\\.)*)"|%([^%]+)%|(\S+))/g)].map(
    ([, sign = "", phrase, expression, word = ""]) => ({
      sign,
      test: termTest(phrase?.replace(/\\(.)/g, "$1") ?? word, expression),
    }),
  );
  const required = terms.filter(({ sign }) => sign === "");
  const excluded = terms.filter(({ sign }) => sign === "-");
  const optional = terms.filter(({ sign }) => sign === "?");
  return (message) => {
    if (excluded.some(({ test }) => test(message))) return false;
    // AWS ignores optional terms beside required ones.
    if (required.length > 0) return required.every(({ test }) => test(message));
    return optional.length === 0 || optional.some(({ test }) => test(message));
  };
}

function termTest(text: string, expression: string | undefined): (message: string) => boolean {
  if (expression === undefined) return (message) => message.includes(text);
  try {
    const regex = new RegExp(expression);
    return (message) => regex.test(message);
  } catch {
    throw new AwsError("InvalidParameterException", `Invalid filter pattern: %${expression}%`);
  }
}
