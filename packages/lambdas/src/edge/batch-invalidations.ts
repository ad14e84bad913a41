/** Paths without a wildcard that may be in progress at once. @see https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html#limits-invalidations */
const MAX_FILES = 3000;
/** Paths with a wildcard that may be in progress at once. */
const MAX_WILDCARDS = 15;

/**
 * Splits paths into requests that one distribution takes. All wildcards must fit together, because they stay in progress for minutes: where there
 * are too many, those with the longest common start become one, which fetches more anew than needed, never less.
 */
export function batchInvalidations(paths: readonly string[]): string[][] {
  const distinct = [...new Set(paths)];
  const wildcards = mergeWildcards(withoutCovered(distinct.filter(isWildcard)));
  const files = distinct.filter((path) => !isWildcard(path) && !isCovered(path, wildcards));
  const batches: string[][] = [];
  for (let start = 0; start < files.length; start += MAX_FILES) batches.push(files.slice(start, start + MAX_FILES));
  if (wildcards.length > 0) {
    const last = batches.at(-1);
    if (last !== undefined && last.length + wildcards.length <= MAX_FILES) last.push(...wildcards);
    else batches.push(wildcards);
  }
  return batches;
}

const isWildcard = (path: string): boolean => path.endsWith("*");

const covers = (wildcard: string, path: string): boolean =>
  isWildcard(wildcard) && wildcard !== path && path.startsWith(wildcard.slice(0, -1));

const isCovered = (path: string, wildcards: readonly string[]): boolean =>
  wildcards.some((wildcard) => covers(wildcard, path));

const withoutCovered = (paths: readonly string[]): string[] => paths.filter((path) => !isCovered(path, paths));

/** In sorted order, the two paths that share most stand side by side. */
function mergeWildcards(wildcards: readonly string[]): string[] {
  let merged = [...wildcards].sort();
  while (merged.length > MAX_WILDCARDS) {
    const starts = merged.slice(1).map((path, index) => commonStart(merged[index] ?? "", path));
    const longest = starts.reduce((best, start) => (start.length > best.length ? start : best));
    merged = withoutCovered([...new Set([...merged, `${longest}*`])]).sort();
  }
  return merged;
}

/** Up to a slash, so that what is fetched anew is whole folders. */
function commonStart(a: string, b: string): string {
  let length = 0;
  while (length < a.length && a[length] === b[length] && a[length] !== "*") length++;
  return a.slice(0, a.lastIndexOf("/", length - 1) + 1);
}
