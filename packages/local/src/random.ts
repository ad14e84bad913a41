import { createHash, randomBytes } from "node:crypto";

/** Where ids come from. With a seed the same calls give the same ids, so that a run can be repeated byte for byte. */
export interface Random {
  /** `length` lower-case hexadecimal digits. */
  hex(length: number): string;
  uuid(): string;
  /** 0 ≤ x < 1. */
  fraction(): number;
}

export function createRandom(seed?: string | number): Random {
  let counter = 0;
  const bytes = (count: number): Buffer =>
    seed === undefined
      ? randomBytes(count)
      : createHash("shake256", { outputLength: count }).update(`${seed}/${counter++}`).digest();
  const hex = (length: number) =>
    bytes(Math.ceil(length / 2))
      .toString("hex")
      .slice(0, length);
  return {
    hex,
    uuid() {
      const raw = bytes(16);
      raw.writeUInt8((raw.readUInt8(6) & 0x0f) | 0x40, 6);
      raw.writeUInt8((raw.readUInt8(8) & 0x3f) | 0x80, 8);
      return raw.toString("hex").replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
    },
    fraction: () => bytes(6).readUIntBE(0, 6) / 2 ** 48,
  };
}
