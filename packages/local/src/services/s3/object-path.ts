/**
 * Object keys as file paths below a bucket's folder: plain wherever a key can be a path, escaped reversibly where it cannot.
 * In a file name `%` starts an escape: `%` alone is an empty part (`a//b`, `folder/`), `%2E` a dot that would mean a folder,
 * `%00` and `%25` those bytes; `…%+` is continued by the next name, because names end at 255 bytes. `…%=` is an object whose
 * plain name is taken by a folder: S3 may hold both `a` and `a/b`. `…%v` is a folder with what came before an object.
 */
const LONGEST_PART = 200;

const CONTINUED = "%+";
const BESIDE_FOLDER = "%=";
/** Ends the name of a folder that holds older versions of one object. */
export const VERSIONS_OF = "%v";

/** The path of a key, relative to its bucket's folder. */
export function pathOfKey(key: string): string {
  return key.split("/").map(escapePart).join("/");
}

/** The path of the same object where a folder has its plain name. */
export function pathBesideFolder(key: string): string {
  return `${pathOfKey(key)}${BESIDE_FOLDER}`;
}

/** What one directory entry adds to the key of its folder; a folder adds its slash, unless its name is continued. */
export function keyPartOf(name: string, isFolder: boolean): string {
  if (isFolder && name.endsWith(CONTINUED)) return unescapeName(name.slice(0, -CONTINUED.length));
  if (isFolder) return `${name === "%" ? "" : unescapeName(name)}/`;
  const plain = name.endsWith(BESIDE_FOLDER) ? name.slice(0, -BESIDE_FOLDER.length) : name;
  return plain === "%" ? "" : unescapeName(plain);
}

function escapePart(part: string): string {
  if (part === "") return "%";
  const escaped = part
    .replace(/[%\0]/g, (char) => (char === "%" ? "%25" : "%00"))
    .replace(/^\.{1,2}$/, (dots) => dots.replaceAll(".", "%2E"));
  return cut(escaped).join(`${CONTINUED}/`);
}

/** Cuts between characters and never inside an escape. */
function cut(escaped: string): string[] {
  if (Buffer.byteLength(escaped) <= LONGEST_PART) return [escaped];
  const pieces: string[] = [];
  let piece = "";
  let bytes = 0;
  for (const unit of escaped.match(/%[0-9A-F]{2}|./gsu) ?? []) {
    const length = Buffer.byteLength(unit);
    if (bytes + length > LONGEST_PART) {
      pieces.push(piece);
      piece = "";
      bytes = 0;
    }
    piece += unit;
    bytes += length;
  }
  return [...pieces, piece];
}

function unescapeName(name: string): string {
  return name.replace(/%(2E|00|25)/g, (_escape, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}
