const MASK = "[masked]";

/** A value, quoted or not, up to where it ends in a shell, in JSON or in a URL. */
const VALUE = String.raw`[^\s"'&,;]{8,}`;

/** Each with what stays: `$1` where it has a group. */
const SECRETS: readonly (readonly [RegExp, string])[] = [
  [/\b(AKIA|ASIA)[A-Z0-9]{16}\b/g, `$1${MASK}`],
  [
    new RegExp(
      String.raw`((?:secret_?(?:access_?)?key|session_?token|security_?token|auth_?token|api_?key|passw(?:or)?d|client_?secret)["']?\s{0,3}[=:]\s{0,3}["']?)${VALUE}`,
      "gi",
    ),
    `$1${MASK}`,
  ],
  [/(X-Amz-(?:Signature|Security-Token|Credential)(?:=|:\s*))[^\s&"']+/gi, `$1${MASK}`],
  [/(\b[a-z][a-z0-9+.-]*:\/\/[^\s:@/"']*:)[^\s@/"']+(?=@)/gi, `$1${MASK}`],
  [/(\b[a-z][a-z0-9+.-]*:\/\/)[A-Za-z0-9_-]{20,}(?=@)/gi, `$1${MASK}`],
  [/((?:authorization["']?\s{0,3}[=:]\s{0,3}["']?)?\b(?:bearer|basic)\s+)[A-Za-z0-9._~+/=-]{8,}/gi, `$1${MASK}`],
  [/\b(gh[pousr]_)[A-Za-z0-9]{20,}/g, `$1${MASK}`],
  [/\b(github_pat_|glpat-|dckr_pat_|npm_|xox[abprs]-)[A-Za-z0-9_-]{16,}/g, `$1${MASK}`],
  [/\beyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*/g, MASK],
];

/** Almost no output holds any of these words: one look decides whether the patterns above are tried. */
const SUSPICIOUS =
  /AKIA|ASIA|secret|token|api_?key|passw|X-Amz-|:\/\/[^\s/]{1,200}@|bearer|basic |gh[pousr]_|github_pat_|glpat-|dckr_pat_|npm_|xox[abprs]-|eyJ|PRIVATE KEY/i;

const KEY_BEGINS = /-----BEGIN [A-Z ]*PRIVATE KEY[A-Z ]*-----/;
const KEY_ENDS = /-----END [A-Z ]*PRIVATE KEY[A-Z ]*-----/;

/**
 * Hides secrets in a program's output: AWS keys, tokens, passwords in URLs and assignments, private keys, and whatever is handed in.
 * A mask belongs to one stream of output, because a private key spans lines.
 * @param literals values to hide wherever they appear, if they are long enough to mean something
 */
export function createMask(literals: readonly string[] = []): (text: string) => string {
  const hidden = literals.filter((literal) => literal.length >= 8);
  let insideKey = false;

  const maskKeys = (text: string): string =>
    text
      .split("\n")
      .map((line) => {
        if (insideKey) {
          insideKey = !KEY_ENDS.test(line);
          return line === "" ? line : MASK;
        }
        insideKey = KEY_BEGINS.test(line) && !KEY_ENDS.test(line);
        return line;
      })
      .join("\n");

  return (text) => {
    let shown = text;
    for (const literal of hidden) if (shown.includes(literal)) shown = shown.replaceAll(literal, MASK);
    if (insideKey || SUSPICIOUS.test(shown)) {
      shown = insideKey || shown.includes("PRIVATE KEY") ? maskKeys(shown) : shown;
      for (const [pattern, replacement] of SECRETS) shown = shown.replace(pattern, replacement);
    }
    return shown;
  };
}

/** Values of variables whose name says that they are secret. */
export function secretValues(variables: Readonly<Record<string, string>>): string[] {
  return Object.entries(variables).flatMap(([name, value]) =>
    /(PASSW|SECRET|TOKEN|CREDENTIAL|PRIVATE_KEY|API_KEY)/i.test(name) ? [value] : [],
  );
}

/** Variables as a record may show them. */
export function maskedVariables(variables: Readonly<Record<string, string>>): Record<string, string> {
  const mask = createMask(secretValues(variables));
  return Object.fromEntries(Object.entries(variables).map(([name, value]) => [name, mask(value)]));
}
