/**
 * dpkg's order of versions: below 0 where `a` is older, 0 where neither is, above 0 where `b` is.
 * @see https://www.debian.org/doc/debian-policy/ch-controlfields.html#version
 */
export function compareDebianVersions(a: string, b: string): number {
  const [first, second] = [partsOf(a), partsOf(b)];
  return (
    first.epoch - second.epoch ||
    compareParts(first.upstream, second.upstream) ||
    compareParts(first.revision, second.revision)
  );
}

function partsOf(version: string): { epoch: number; upstream: string; revision: string } {
  const colon = version.indexOf(":");
  const rest = version.slice(colon + 1);
  const dash = rest.lastIndexOf("-");
  return {
    epoch: colon < 0 ? 0 : Number(version.slice(0, colon)),
    upstream: dash < 0 ? rest : rest.slice(0, dash),
    revision: dash < 0 ? "" : rest.slice(dash + 1),
  };
}

/** What is no digits and what is digits by turns, beginning with the former: `1.2~rc1` is "", 1, ".", 2, "~rc", 1. */
function compareParts(a: string, b: string): number {
  const [first, second] = [a.split(/(\d+)/), b.split(/(\d+)/)];
  for (let index = 0; index < Math.max(first.length, second.length); index++) {
    const [left = "", right = ""] = [first[index], second[index]];
    const order = index % 2 === 0 ? compareText(left, right) : compareDigits(left, right);
    if (order !== 0) return order;
  }
  return 0;
}

/** A tilde comes before the end of the text, letters before all else. */
function compareText(a: string, b: string): number {
  for (let index = 0; index < Math.max(a.length, b.length); index++) {
    const order = weight(a[index]) - weight(b[index]);
    if (order !== 0) return order;
  }
  return 0;
}

function weight(character: string | undefined): number {
  if (character === undefined) return 0;
  if (character === "~") return -1;
  const code = character.charCodeAt(0);
  return /[A-Za-z]/.test(character) ? code : code + 256;
}

/** By value, however many there are. */
function compareDigits(a: string, b: string): number {
  const [left, right] = [a.replace(/^0+/, ""), b.replace(/^0+/, "")];
  if (left.length !== right.length) return left.length - right.length;
  return left < right ? -1 : left > right ? 1 : 0;
}
