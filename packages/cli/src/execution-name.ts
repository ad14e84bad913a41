/** An execution's name holds at most this many characters. @see https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html */
const LONGEST = 80;
const LONGEST_WORDS = 20;

/**
 * What was asked for with `_` for spaces (20 characters), user, date and minute in UTC: `4.28.2_ubuntu-18.04-_alice_2026-11-24_2350`.
 * @param attempt counts the names that were taken already
 */
export function executionName(
  words: readonly string[],
  { user, at, attempt = 1 }: { user: string; at: Date; attempt?: number },
): string {
  const minute = at.toISOString().slice(0, 16).replace("T", "_").replace(":", "");
  const suffix = `_${minute}${attempt > 1 ? `-${attempt}` : ""}`;
  const start = [safe(words.join("_")).slice(0, LONGEST_WORDS), safe(user)].join("_");
  return `${start.slice(0, LONGEST - suffix.length)}${suffix}`;
}

/** AWS refuses white space, brackets and most punctuation; what is left is safe in ARNs, keys and file names too. */
const safe = (text: string): string => text.replaceAll(/[^A-Za-z0-9._-]+/g, "-").replace(/^-+/, "");
