import { expect, test } from "vitest";
import { byHashPath, parseRelease } from "./release-file.ts";

const release = `Origin: Example
Codename: bookworm
Date: Sun, 29 Nov 2026 10:00:00 UTC
Valid-Until: Sat, 27 Feb 2027 10:00:00 UTC
Acquire-By-Hash: yes
SHA256:
 ${"a".repeat(64)}   1234 main/binary-amd64/Packages
 ${"b".repeat(64)}     56 main/binary-amd64/Packages.gz
`;
const inRelease = `-----BEGIN PGP SIGNED MESSAGE-----
Hash: SHA512

${release}Description: a text
 - with a dash
-----BEGIN PGP SIGNATURE-----

iQIzBAEBCgAdFiEE
-----END PGP SIGNATURE-----
`.replace("Origin", "- Origin");

test.each([
  ["a Release file", release],
  ["what an InRelease file signs", inRelease],
])("%s names its indices, whether they lie under their digests, and how long it holds", (_, text) => {
  expect(parseRelease(text)).toEqual({
    files: [
      { path: "main/binary-amd64/Packages", size: 1234, sha256: "a".repeat(64) },
      { path: "main/binary-amd64/Packages.gz", size: 56, sha256: "b".repeat(64) },
    ],
    byHash: true,
    validUntil: new Date("2027-02-27T10:00:00Z"),
  });
});

test("what it does not say is not so", () => {
  expect(parseRelease("Codename: bookworm\n")).toEqual({ files: [], byHash: false, validUntil: undefined });
});

test("an index's content has a name of its own beside it", () => {
  const index = { path: "main/binary-amd64/Packages.gz", size: 1, sha256: "b".repeat(64) };
  expect(byHashPath(index)).toBe(`main/binary-amd64/by-hash/SHA256/${"b".repeat(64)}`);
});
