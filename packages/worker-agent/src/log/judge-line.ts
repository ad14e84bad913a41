/** How much a line of output tells of why its program failed. `echo` says that something before it has failed. */
export type Verdict = "nothing" | "echo" | "complaint" | "error";

export interface Judgement {
  readonly verdict: Verdict;
  /** Where in the text it shows: what is further on says more. */
  readonly at: number;
}

const NOTHING: Judgement = { verdict: "nothing", at: 0 };

/** What is printed of a command before it runs, of a test that went well, of a step's progress; and what counts no errors. */
const NO_ERROR: readonly RegExp[] = [
  /^\++ /,
  /^(?:\S*\/)?(?:[\w.+-]*-)?(?:g?cc|[gc]\+\+|clang(?:\+\+)?|ld|ar|libtool|ccache|rustc|javac|node|python3?|perl|cmake|ninja|make|go|install|env|sh|bash)(?:-[\d.]+)? [^:]/,
  /^(?:@|\(|\[ [-!"$]|(?:echo|printf|if|then|for|while|case|cd|set|export|grep|sed|awk|rm|mv|cp) )/,
  /^(?:\[\s*\d+(?:\/\d+|%)\] |-- |ok \d+\b|PASS\b|✓|✔|√|\[ +OK +\])|^checking (?!.* error: )/,
  /(?:\.\.\.|…|:) ?(?:ok|OK|PASS|PASSED|passed|done|yes)$/,
  /\b(?:no|0|zero|without|any) (?:errors?|failures?|failed)\b|\b(?:errors?|failures?|failed)\s?[:=] ?(?:0|no|none|false|null)\s*(?:$|[,;|])/i,
  /\berror[ -]free\b|\(ignored\)$|\bnon-?fatal\b/i,
  /^\[ERROR\](?:$| (?:To see the full|Re-run Maven|For more information|After correcting|-> \[Help|\[Help))/,
  /^npm (?:ERR!|error)(?:$| (?:A complete log|code|errno|path|cwd|Run "npm|aliases|Exit status|Failed at the|This is probably|There is likely))/,
];

/** Of one kind or the other, the first in a line says what the line is. */
const LABEL =
  /(?:^|[\s:([>"'`*])(?:(error|fatal|panic|critical|severe)|(warning|warn|note|info|hint|notice|remark|debug))(?:\s\d{1,5}|\s[A-Z]{1,6}-?\d{1,6}|\[[\w:-]{1,40}\]|\(\d{1,5}\))?\s?:(?=\s|$)/i;
const LEVEL =
  /^(?:\S+ ){0,3}\[?(?:(ERROR|FATAL|CRITICAL|SEVERE|E(?=: ))|(WARN(?:ING)?|INFO|DEBUG|TRACE|NOTICE|[WIND](?=: )))\]?(?::? |$)/;

/** What build tools, packagers and wrappers say when something that they ran has failed, and has said so itself. */
const ECHOES: readonly RegExp[] = [
  /^g?make(?:\[\d+\])?: (?:\*\*\* (?:\[|Waiting)|Target .* not remade)|^ninja: build stopped|^FAILED: /,
  /\bld returned \d+ exit|compilation terminated|aborting due to|\bcould not compile `|\btest failed, to rerun/,
  /\bsub-?process\b.* (?:returned|failed)|\bcommand failed\b|^execution failed for task|\bbuild (?:failed|failure)\b|compilation fail(?:ed|ure)/i,
  /\b(?:returned|with) (?:a |an )?(?:non-?zero |exit |error )+(?:status|code)|\bexit(?:ed)? (?:with )?(?:status|code):? ?\d/i,
  /errors (?:were encountered|generated|occurred)|there have been errors|not recoverable|failed building wheel|could not build wheels/i,
  /ELIFECYCLE|subprocess-exited-with-error|BEGIN failed|bad exit status|\bdied\)$|^Found \d+ errors?\b/i,
  /could not read from remote|failed to push some refs|^Automatic merge failed/i,
];

/** Beside what is labelled as an error. */
const ERRORS: readonly RegExp[] = [
  // Exceptions, assertions and crashes
  /(?:^|[\s(])(?:[\w$]+\.)*[A-Z]\w{0,60}(?:Error|Exception)(?: \[\w+\])?(?::(?=\s)|$)/,
  /\bassertion\b.*\bfailed\b|^terminate called|^\s*what\(\):|panicked at|^Exception in thread|^E +assert\b/i,
  /Segmentation fault|Bus error|Illegal instruction|core dumped|\bAborted\b|stack smashing|^Killed$|: \d+ Killed |AddressSanitizer:/,
  // A machine that has no more of something
  /out of memory|cannot allocate memory|virtual memory exhausted|no space left|disk quota exceeded|too many open files/i,
  // Linkers, make, cmake, shells, Go
  /undefined reference to|undefined symbol|multiple definition of|cannot find -l|error while loading/,
  /No rule to make target|: \*\*\* .*Stop\.$|^CMake Error|^dpkg: error /,
  /: line \d+: |^(?:\S*\/)?(?:sh|dash|bash): \d+: |command not found|unbound variable|bad interpreter|syntax error/,
  /^\S+\.go:\d+(?::\d+)?: /,
  // Versions, sources and clients
  /^CONFLICT \(|^! \[(?:remote )?rejected\]|an error occurred \(|^curl: \(\d+\)|\bERR_[A-Z_]{3,}|unmet dependencies|dependency problems/i,
];

const FAILING =
  "can(?:not|'t|’t)|could(?: not|n't|n’t)|unable to|failed|failure|missing|invalid|illegal|unknown|undefined|unexpected|unsupported|unrecognized|not (?:found|set|allowed|permitted|supported|recognized|installed)|no (?:such|secret|matching|properly)|denied|refused|unauthorized|does(?: not|n't) exist|mismatch|corrupt|timed out|unreachable|too many|garbage|key verification|in use";

/** They may tell why, and may be what a script had reckoned with. */
const COMPLAINTS: readonly RegExp[] = [
  new RegExp(`^[\\w.+@~/-]{1,200}(?:\\[\\d+\\])?: .{0,400}?\\b(?:${FAILING})`, "i"),
  /: (?:No such file or directory|Permission denied|Operation not permitted|Is a directory|Not a directory|File exists|Device or resource busy|Exec format error|Input\/output error|Read-only file system|Connection (?:refused|timed out|reset by peer)|Argument list too long|Text file busy|Invalid argument|Directory not empty)/,
  /^(?:can(?:not|'t)|could(?: not|n't)|unable|failed|failure|missing|invalid|unknown|unexpected|unauthorized|error)\b/i,
  /^(?:not ok \d+|-{0,3} ?FAIL(?:ED)?[:\s]|\[ +FAILED +\]|npm (?:ERR!|error) )|\.\.\. FAILED$|\bfailed\.$/,
];

/** @param text one line, readable and trimmed */
export function judgeLine(text: string): Judgement {
  const label = firstOf(LABEL.exec(text), LEVEL.exec(text));
  if (label?.[2] !== undefined || NO_ERROR.some((pattern) => pattern.test(text))) return NOTHING;
  const error = label ?? firstMatch(ERRORS, text);
  const found = error ?? firstMatch(COMPLAINTS, text);
  const echo = firstMatch(ECHOES, text);
  if (echo !== undefined) return { verdict: "echo", at: echo.index };
  if (found === undefined) return NOTHING;
  return { verdict: error === undefined ? "complaint" : "error", at: endOf(found) };
}

function firstMatch(patterns: readonly RegExp[], text: string): RegExpExecArray | undefined {
  for (const pattern of patterns) {
    const match = pattern.exec(text);
    if (match !== null) return match;
  }
  return undefined;
}

function firstOf(one: RegExpExecArray | null, other: RegExpExecArray | null): RegExpExecArray | undefined {
  if (one === null || other === null) return one ?? other ?? undefined;
  return endOf(one) <= endOf(other) ? one : other;
}

const endOf = (match: RegExpExecArray): number => match.index + match[0].length;
