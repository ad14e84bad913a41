/**
 * CRCs with reflected polynomials, eight bytes a step ("slicing by eight"): table `k` tells what a byte does to the CRC that `k`
 * further bytes will follow. A 64-bit CRC is kept in two halves, because 64-bit integers are slow in JavaScript.
 */
const SLICES = 8;
const SLICE = 256;

interface Tables {
  readonly low: Int32Array;
  readonly high: Int32Array;
}

function makeTables(polynomial: bigint): Tables {
  const low = new Int32Array(SLICES * SLICE);
  const high = new Int32Array(SLICES * SLICE);
  const values = Array.from({ length: SLICE }, (_, byte) => {
    let value = BigInt(byte);
    for (let bit = 0; bit < 8; bit++) value = value & 1n ? (value >> 1n) ^ polynomial : value >> 1n;
    return value;
  });
  let row = values;
  for (let slice = 0; slice < SLICES; slice++) {
    for (const [byte, value] of row.entries()) {
      low[slice * SLICE + byte] = Number(BigInt.asIntN(32, value));
      high[slice * SLICE + byte] = Number(BigInt.asIntN(32, value >> 32n));
    }
    row = row.map((value) => (value >> 8n) ^ (values[Number(value & 0xffn)] as bigint));
  }
  return { low, high };
}

/** Castagnoli's polynomial, bits reversed. */
const crc32cTable = makeTables(0x82f63b78n).low;

/** CRC-32C of `chunk`, continuing from the CRC of what came before it. */
export function crc32c(chunk: Uint8Array, previous = 0): number {
  const table = crc32cTable;
  const view = new DataView(chunk.buffer, chunk.byteOffset, chunk.byteLength);
  const whole = chunk.length - (chunk.length % SLICES);
  let crc = ~previous;
  let at = 0;
  for (; at < whole; at += SLICES) crc = gather(table, crc ^ view.getInt32(at, true), view.getInt32(at + 4, true));
  for (; at < chunk.length; at++) crc = (crc >>> 8) ^ (table[(crc ^ (chunk[at] as number)) & 0xff] as number);
  return ~crc >>> 0;
}

/** The polynomial of NVM Express, bits reversed. */
const crc64Tables = makeTables(0x9a6c9329ac4bc9b5n);

/** CRC-64/NVME of `chunk`, continuing from the CRC of what came before it. */
export function crc64nvme(chunk: Uint8Array, previous = 0n): bigint {
  const { low: lowTable, high: highTable } = crc64Tables;
  const view = new DataView(chunk.buffer, chunk.byteOffset, chunk.byteLength);
  const whole = chunk.length - (chunk.length % SLICES);
  let high = ~Number(BigInt.asIntN(32, previous >> 32n));
  let low = ~Number(BigInt.asIntN(32, previous));
  let at = 0;
  for (; at < whole; at += SLICES) {
    const first = low ^ view.getInt32(at, true);
    const second = high ^ view.getInt32(at + 4, true);
    low = gather(lowTable, first, second);
    high = gather(highTable, first, second);
  }
  for (; at < chunk.length; at++) {
    const index = (low ^ (chunk[at] as number)) & 0xff;
    low = ((low >>> 8) | (high << 24)) ^ (lowTable[index] as number);
    high = (high >>> 8) ^ (highTable[index] as number);
  }
  return (BigInt(~high >>> 0) << 32n) | BigInt(~low >>> 0);
}

/** What eight bytes, the first four of them in `first`, make of a CRC. */
function gather(table: Int32Array, first: number, second: number): number {
  return (
    (table[7 * SLICE + (first & 0xff)] as number) ^
    (table[6 * SLICE + ((first >>> 8) & 0xff)] as number) ^
    (table[5 * SLICE + ((first >>> 16) & 0xff)] as number) ^
    (table[4 * SLICE + (first >>> 24)] as number) ^
    (table[3 * SLICE + (second & 0xff)] as number) ^
    (table[2 * SLICE + ((second >>> 8) & 0xff)] as number) ^
    (table[SLICE + ((second >>> 16) & 0xff)] as number) ^
    (table[second >>> 24] as number)
  );
}
