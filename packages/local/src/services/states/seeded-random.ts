import { hash } from "node:crypto";

/** Numbers in [0, 1) that depend on the seed alone (xoshiro128**). */
export function seededRandom(seed: string): () => number {
  const words = new Uint32Array(Uint8Array.from(Buffer.from(hash("sha256", seed, "hex").slice(0, 32), "hex")).buffer);
  let [a = 1, b = 2, c = 3, d = 4] = words;
  const rotate = (value: number, bits: number) => (value << bits) | (value >>> (32 - bits));
  return () => {
    const result = Math.imul(rotate(Math.imul(b, 5), 7), 9);
    const shifted = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= shifted;
    d = rotate(d, 11);
    return (result >>> 0) / 2 ** 32;
  };
}
