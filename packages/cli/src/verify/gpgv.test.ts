import { expect, test } from "vitest";
import { verdictOf } from "./gpgv.ts";

const ID = "82AC56DDE77680B2";
const FINGERPRINT = "A1BC13BE5905C04BC02D319482AC56DDE77680B2";
const VALID = `VALIDSIG ${FINGERPRINT} 2026-11-30 1796023661 0 4 0 22 8 00 ${FINGERPRINT}`;

test.each([
  ["a good one", [`GOODSIG ${ID} T <t@e>`, VALID], true, `signed by T <t@e>, key ${FINGERPRINT}`],
  ["one of another content", [`BADSIG ${ID} T <t@e>`], false, `it is not what T <t@e>, key ${ID} signed`],
  [
    "one by a key that has expired, with which gpgv ends with 0",
    ["KEYEXPIRED 1580558400", `EXPKEYSIG ${ID} T <t@e>`, VALID],
    false,
    `signed by T <t@e>, key ${FINGERPRINT}, which has expired on 2020-02-01`,
  ],
  [
    "one that has expired itself",
    [`EXPSIG ${ID} T`, VALID],
    false,
    `the signature by T, key ${FINGERPRINT} has expired`,
  ],
  ["one by a revoked key", [`REVKEYSIG ${ID} T`, VALID], false, `signed by T, key ${FINGERPRINT}, which was revoked`],
  [
    "one by nobody known",
    [`ERRSIG ${ID} 22 8 00 1 9`, `NO_PUBKEY ${ID}`],
    false,
    `signed by ${ID}, which is none of the published keys`,
  ],
  [
    "two, of which one is by a former key",
    [`NO_PUBKEY 0123`, `GOODSIG ${ID} T`, VALID],
    true,
    `signed by T, key ${FINGERPRINT}`,
  ],
  ["none", ["NODATA 1", "NODATA 2"], false, "there is no signature in it"],
  ["nothing at all", [], false, "there is no signature in it"],
])("gpgv's words of %s", (_, words, good, says) => {
  expect(verdictOf(words.map((word) => `[GNUPG:] ${word}\n`).join(""))).toEqual({ good, says });
});
