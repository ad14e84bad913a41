/** Castagnoli's polynomial, bits reversed. */
const CRC32C_POLYNOMIAL = 0x82f63b78;

const crc32cTable = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ CRC32C_POLYNOMIAL : value >>> 1;
  return value;
});

/** CRC-32C of `chunk`, continuing from the CRC of what came before it. */
export function crc32c(chunk: Uint8Array, previous = 0): number {
  let crc = ~previous;
  for (const byte of chunk) crc = (crc >>> 8) ^ (crc32cTable[(crc ^ byte) & 0xff] as number);
  return ~crc >>> 0;
}

/** The polynomial of NVM Express, bits reversed, in two halves: 64-bit integers are slow in JavaScript. */
const CRC64_POLYNOMIAL = 0x9a6c9329ac4bc9b5n;

const crc64High = new Uint32Array(256);
const crc64Low = new Uint32Array(256);
for (let byte = 0; byte < 256; byte++) {
  let value = BigInt(byte);
  for (let bit = 0; bit < 8; bit++) value = value & 1n ? (value >> 1n) ^ CRC64_POLYNOMIAL : value >> 1n;
  crc64High[byte] = Number(value >> 32n);
  crc64Low[byte] = Number(value & 0xffffffffn);
}

/** CRC-64/NVME of `chunk`, continuing from the CRC of what came before it. */
export function crc64nvme(chunk: Uint8Array, previous = 0n): bigint {
  let high = ~Number(previous >> 32n) >>> 0;
  let low = ~Number(previous & 0xffffffffn) >>> 0;
  for (const byte of chunk) {
    const index = (low ^ byte) & 0xff;
    low = ((low >>> 8) | (high << 24)) ^ (crc64Low[index] as number);
    high = (high >>> 8) ^ (crc64High[index] as number);
  }
  return (BigInt(~high >>> 0) << 32n) | BigInt(~low >>> 0);
}
