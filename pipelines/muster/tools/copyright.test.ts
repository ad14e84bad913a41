import { expect, test } from "vitest";
import { copyrightOf } from "./copyright.ts";

const apache = `                                 Apache License
                           Version 2.0, January 2004

   TERMS AND CONDITIONS FOR USE, REPRODUCTION, AND DISTRIBUTION

   1. Definitions.

   END OF TERMS AND CONDITIONS
`;

const copyright = copyrightOf({
  licence: "MIT License\n\nCopyright (c) 2026 Somebody\n\nPermission is hereby granted",
  nodeLicence: `- OpenSSL:\n${apache}\n- pkg.m4: write to the Free Software\n  Foundation, Inc., 59 Temple Place - Suite 330, Boston, MA\n  02111-1307, USA.`,
  thirdParty: [{ name: "one", version: "1.0.0", licence: "Apache-2.0", text: `${apache}\n   Copyright One` }],
});

test("the Apache licence is referred to where Debian has it, and what stands around it stays", () => {
  expect(copyright).not.toContain("TERMS AND CONDITIONS");
  expect(copyright.match(/\/usr\/share\/common-licenses\/Apache-2\.0/g)).toHaveLength(2);
  for (const kept of ["Somebody", "- OpenSSL:", "- pkg.m4:", "Copyright One"]) expect(copyright).toContain(kept);
});

test("who is told to write to the Free Software Foundation is told where it is", () => {
  expect(copyright.replaceAll(/\s+/g, " ")).toContain("51 Franklin Street, Fifth Floor, Boston, MA 02110-1301, USA.");
  expect(copyright).not.toContain("02111-1307");
});
