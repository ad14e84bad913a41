import { formatControl } from "@muster/pipeline";
import type { ThirdParty } from "./third-party-licences.ts";

/**
 * The copyright file: Muster's own terms, Node's, and those of all packages in the bundle.
 * @see https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/
 */
export function copyrightOf({
  licence,
  nodeLicence,
  thirdParty,
}: {
  licence: string;
  nodeLicence: string;
  thirdParty: readonly ThirdParty[];
}): string {
  const [ownCopyright = "Muster maintainers"] = /^Copyright.*$/m.exec(licence) ?? [];
  const control = formatControl([
    new Map([
      ["Format", "https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/"],
      ["Upstream-Name", "Muster"],
    ]),
    new Map([
      ["Files", "*"],
      ["Copyright", ownCopyright.replace(/^Copyright\s*(\(c\)\s*)?/i, "")],
      ["License", `MIT\n${licence.trim()}`],
    ]),
    new Map([
      ["Files", "usr/lib/muster/node"],
      ["Copyright", "Node.js contributors, and others named below"],
      ["License", `Node.js\n${nodeLicence.trim()}`],
    ]),
    new Map([
      ["Files", "usr/lib/muster/*.mjs"],
      ["Copyright", "Muster maintainers, and the authors of the packages named below"],
      ["License", "various"],
      ["Comment", thirdParty.map(({ name, version, licence: terms }) => `${name} ${version}: ${terms}`).join("\n")],
    ]),
    ...thirdParty.flatMap(({ name, version, text }) =>
      text === undefined ? [] : [new Map([["License", `${name}-${version}\n${text}`]])],
    ),
  ]);
  return asDebianHasIt(control);
}

/** A line of the file's fields may begin with a space, and an empty one is a dot. */
const APACHE_2 =
  /^[ \t]*Apache License\n[ \t]*Version 2\.0, January 2004\n[\s\S]*?END OF TERMS AND CONDITIONS[ \t]*$/gm;
const FORMER_FSF_ADDRESS = /59 Temple Place[^/]{0,40}?02111-1307/g;

/**
 * Every Debian system has the Apache licence's text, which is referred to, and not passed on thirty times; and the Free Software Foundation
 * has moved.
 * @see https://www.debian.org/doc/debian-policy/ch-docs.html#copyright-information
 */
function asDebianHasIt(copyright: string): string {
  return copyright
    .replaceAll(
      APACHE_2,
      " Apache License, Version 2.0: its complete text is in\n /usr/share/common-licenses/Apache-2.0 on Debian systems.",
    )
    .replaceAll(FORMER_FSF_ADDRESS, "51 Franklin Street, Fifth Floor, Boston, MA 02110-1301");
}
