import { randomBytes } from "node:crypto";
import { expect, test } from "vitest";
import { crc32c, crc64nvme } from "./crc.ts";

/** Check values of the CRC catalogue: the checksum of the digits 1 to 9. */
const digits = Buffer.from("123456789");

test("the catalogue's check values", () => {
  expect(crc32c(digits)).toBe(0xe3069283);
  expect(crc64nvme(digits)).toBe(0xae8b14860a799888n);
});

test("pieces give the same checksum as the whole", () => {
  expect(crc32c(digits.subarray(4), crc32c(digits.subarray(0, 4)))).toBe(crc32c(digits));
  expect(crc64nvme(digits.subarray(4), crc64nvme(digits.subarray(0, 4)))).toBe(crc64nvme(digits));
});

test("eight bytes at once give the same as one after the other", () => {
  const bytes = randomBytes(1_000);
  let one = 0;
  let other = 0n;
  for (const byte of bytes) {
    one = crc32c(Uint8Array.of(byte), one);
    other = crc64nvme(Uint8Array.of(byte), other);
  }
  expect(crc32c(bytes)).toBe(one);
  expect(crc64nvme(bytes)).toBe(other);
});
