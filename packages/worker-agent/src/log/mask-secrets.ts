import { createKeyMask } from "./mask-private-keys.ts";

/** Hides the secrets of one stream of output. A plain function is one that has no secret to cut. */
export type Mask = ((text: string) => string) & {
  /** Whether a secret lies across the place between the two, so that none of the halves would be recognised. */
  readonly isCut?: (before: string, after: string) => boolean;
  /** Whether what follows could make a secret of the text's end, which is in none yet. */
  readonly mayGoOn?: (text: string) => boolean;
  /** Masks what stands behind a text that was masked and let go of: a secret may have begun there. */
  readonly behind?: (before: string, text: string) => string;
};

export const MASK = "[masked]";

/** What may stand around a name or value: a quote, which is escaped in JSON within JSON. */
const QUOTE = String.raw`\\{0,3}["']`;
const SPACE = String.raw`[ \t]{0,3}`;
/** A value up to where it ends in a shell, in JSON or in a URL. */
const VALUE = String.raw`[^\s"'&,;\\]`;
const QUOTED_VALUE = String.raw`(?:[^"'\\\n]|\\[^"'\n])`;
/** In quotes it goes on behind spaces. Replaced by `$2`, the quote, and the mask. */
const ANY_VALUE = `(?:(${QUOTE})(?!-----BEGIN)${QUOTED_VALUE}{6,}|${VALUE}{6,})`;
/** What a compiler is told in capitals is a name. */
const NO_DEFINITION = "(?:(?<!-D[A-Z_]{0,32}=)|(?![A-Z][A-Z_]{0,63}(?!\\w)))";
const KEY = "(?:api|access|secret|signing|private|encryption)";

/**
 * Each with what stays: `$1`, and `$2`, where it has groups. Output may be hostile: where a repetition is followed by something that can fail, it has
 * a bound, or cannot start again inside of itself.
 */
const SECRETS: readonly (readonly [RegExp, string])[] = [
  [/\b(AKIA|ASIA)[A-Z0-9]{16}\b/g, `$1${MASK}`],
  // secret_key: …, "access_token": "…", password = …
  [
    new RegExp(
      `((?:secret_?access_?key|${KEY}_?key|(?:access|auth|bearer|id|refresh|security|session)[_-]?token|passw(?:or)?d|passphrase|client_?secret)(?:${QUOTE})?${SPACE}[=:]${SPACE})(?!password[ .])${ANY_VALUE}`,
      "gi",
    ),
    `$1$2${MASK}`,
  ],
  // VAULT_TOKEN=…, as shells and CI systems have them
  [
    new RegExp(
      `((?:TOKEN|SECRET|PASSWORD|PASSWD|PASSPHRASE|_PASS|_PWD|CREDENTIALS?)=)${NO_DEFINITION}${ANY_VALUE}`,
      "g",
    ),
    `$1$2${MASK}`,
  ],
  [/(\btoken=)[A-Za-z0-9_.~+/=%-]{16,}/gi, `$1${MASK}`],
  // "Token" : "…", as the metadata service has it
  [
    new RegExp(
      `((?:token|secret|password|passphrase|credentials?)${QUOTE}${SPACE}:${SPACE}${QUOTE})${QUOTED_VALUE}{6,}`,
      "gi",
    ),
    `$1${MASK}`,
  ],
  // As STS answers
  [/(<(?:SecretAccessKey|SessionToken)>)[^<\s]{6,}/g, `$1${MASK}`],
  // X-Vault-Token: …
  [new RegExp(`([a-z]-token:${SPACE})${VALUE}{8,}`, "gi"), `$1${MASK}`],
  // --password …, but not --password-file, --token "$TOKEN", or docker's --secret id=…
  [
    new RegExp(
      String.raw`((?<![\w-])--?[A-Za-z-]{0,30}(?:[Pp]assw(?:or)?d|[Pp]assphrase|[Tt]oken|[Ss]ecret|${KEY}-?[Kk]ey)(?:=|[ \t]{1,3})["']?)(?![-<[$]|(?:id|type|src|env)=)${VALUE}{4,}`,
      "g",
    ),
    `$1${MASK}`,
  ],
  [/(X-Amz-(?:Signature|Security-Token|Credential)(?:=|:[ \t]{0,3}))[^\s&"']+/gi, `$1${MASK}`],
  // https://user:password@host, https://token@host
  [/(:\/\/[^\s:@/"']{0,256}:)[^\s/"']{1,2048}(?=@)/g, `$1${MASK}`],
  [/(:\/\/)[A-Za-z0-9_-]{20,2048}(?=@)/g, `$1${MASK}`],
  [
    new RegExp(
      `((?:authorization(?:${QUOTE})?${SPACE}[=:]${SPACE}(?:${QUOTE})?(?:basic|token)|\\bbearer)[ \\t]{1,3})[A-Za-z0-9._~+/=-]{8,}`,
      "gi",
    ),
    `$1${MASK}`,
  ],
  [/\b(gh[pousr]_)[A-Za-z0-9]{20,}/g, `$1${MASK}`],
  [/\b(github_pat_|glpat-|glcbt-|dckr_pat_|npm_|pypi-|hf_|hvs\.|xox[abprs]-)[A-Za-z0-9_-]{16,}/g, `$1${MASK}`],
  [/(?<![A-Za-z0-9_-])eyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*/g, MASK],
];

/** curl's -u, wherever it stands among the words. */
const CURL = /\bcurl[ \t][^\n]*/g;
const CURL_USER = /([ \t](?:-u|-U|--user|--proxy-user)[ =]?["']?[^\s:"']{1,256}:)[^\s"']+/g;

/** Almost no output holds any of these words: one look decides whether the patterns above are tried. */
const SUSPICIOUS =
  /AKIA|ASIA|secret|token|(?:api|access|signing|private|encryption)[_-]?key|passw|passphrase|_pass=|_pwd=|credential|X-Amz-|:\/\/[^\s/]{1,2400}@|bearer|authorization|curl[ \t]|gh[pousr]_|github_pat_|gl(?:pat|cbt)-|dckr_pat_|npm_|pypi-|hf_|hvs\.|xox[abprs]-|eyJ|PRIVATE KEY/i;

/** What could follow a text, so that each kind of secret is whole that may have begun there. */
const CONTINUATIONS = ["x".repeat(40), `${"x".repeat(40)}@`, ".eyJxxxxxxxxxx.x", "xxxxxxxxxx.eyJxxxxxxxxxx.x"];
/** An AWS key is one of its exact length alone. */
const ACCESS_KEY_BEGINS = /\b(?:AKIA|ASIA)[A-Z0-9]{0,15}$/;
/** Of a literal so much may show: it tells nothing. */
const MOST_OF_LITERAL = 3;

/** Shorter ones stand for themselves in too many places. */
const SHORTEST_LITERAL = 6;

/**
 * Hides secrets in a program's output: AWS keys, tokens, passwords in URLs and assignments, private keys, and whatever is handed in.
 * A mask belongs to one stream of output, because a private key spans lines.
 * @param literals values to hide wherever they appear, if they are long enough to mean something
 */
export function createMask(literals: readonly string[] = []): Mask {
  // What has several lines appears line by line.
  const hidden = [...new Set(literals.flatMap((literal) => [literal, ...literal.split(/\r?\n/)]))].filter(
    (literal) => literal.length >= SHORTEST_LITERAL,
  );
  const hide = (text: string, maskKeys: ReturnType<typeof createKeyMask>): string => {
    let shown = text;
    for (const literal of hidden) if (shown.includes(literal)) shown = shown.replaceAll(literal, MASK);
    const suspicious = SUSPICIOUS.test(shown);
    if (maskKeys.isInside() || (suspicious && shown.includes("PRIVATE KEY"))) shown = maskKeys.hide(shown);
    if (!suspicious) return shown;
    for (const [pattern, replacement] of SECRETS) shown = shown.replace(pattern, replacement);
    return shown.replace(CURL, (command) => command.replace(CURL_USER, `$1${MASK}`));
  };
  const keys = createKeyMask(MASK);
  const hideAlone = (text: string) => hide(text, createKeyMask(MASK));
  const leavesKeyOpen = (text: string): boolean => {
    const alone = createKeyMask(MASK);
    alone.hide(text);
    return alone.isInside();
  };
  const mayGoOn = (text: string): boolean => {
    if (keys.isInside() || leavesKeyOpen(text)) return true;
    if (hidden.some((literal) => endsInside(text, literal))) return true;
    if (ACCESS_KEY_BEGINS.test(text)) return true;
    const shown = hideAlone(text);
    return CONTINUATIONS.some((rest) => !hideAlone(text + rest).startsWith(shown));
  };
  const behind = (before: string, text: string): string => {
    const whole = hide(before + text, keys);
    return whole.slice(commonLength(hideAlone(before), whole));
  };
  return Object.assign((text: string) => hide(text, keys), {
    isCut: (before: string, after: string) => hideAlone(before + after) !== hideAlone(before) + hideAlone(after),
    mayGoOn,
    behind,
  });
}

/** Whether a text ends with the beginning of a literal, and more of it than may show. */
function endsInside(text: string, literal: string): boolean {
  for (let length = Math.min(literal.length - 1, text.length); length > MOST_OF_LITERAL; length--)
    if (text.endsWith(literal.slice(0, length))) return true;
  return false;
}

function commonLength(one: string, other: string): number {
  const most = Math.min(one.length, other.length);
  for (let length = 0; length < most; length++) if (one[length] !== other[length]) return length;
  return most;
}

/** Of variables: PWD and OLDPWD are folders, and AWS's own variable for where profiles lie is a file: on one machine /dev/null. */
const SECRET_NAME =
  /^(?!AWS_SHARED_CREDENTIALS_FILE$).*(?:PASSW|PASSPHRASE|_PWD$|_PASS$|SECRET|TOKEN|CREDENTIAL|(?:API|ACCESS|SIGNING|PRIVATE|ENCRYPTION)_?KEY)/i;

/** Values of variables whose name says that they are secret. */
export function secretValues(variables: Readonly<Record<string, string>>): string[] {
  return Object.entries(variables).flatMap(([name, value]) => (SECRET_NAME.test(name) ? [value] : []));
}

/** Variables as a record may show them. */
export function maskedVariables(variables: Readonly<Record<string, string>>): Record<string, string> {
  const mask = createMask(secretValues(variables));
  return Object.fromEntries(
    Object.entries(variables).map(([name, value]) => [
      name,
      SECRET_NAME.test(name) && value !== "" ? MASK : mask(value),
    ]),
  );
}
