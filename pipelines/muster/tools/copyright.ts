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
  return formatControl([
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
}
