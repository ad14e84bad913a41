import { seededRandom } from "@muster/local";

/** What a seed decides. The same name under the same seed is the same sequence, whatever was drawn elsewhere. */
export interface Seeded {
  /** 0 ≤ x < 1. */
  fraction(): number;
  /** `least` ≤ n ≤ `most`. */
  integer(least: number, most: number): number;
  /** One of them. */
  pick<T>(choices: readonly [T, ...T[]]): T;
  /** True in so many of all cases: 0 never, 1 always. */
  happens(rate: number): boolean;
  /** Version 4. */
  uuid(): string;
  /** A sequence of its own. */
  of(name: string): Seeded;
}

const UNSIGNED = 2 ** 32;

export function seeded(seed: string | number): Seeded {
  const fraction = seededRandom(String(seed));
  const word = (): number => fraction() * UNSIGNED;
  return {
    fraction,
    integer: (least, most) => least + Math.floor(fraction() * (most - least + 1)),
    pick: (choices) => choices[Math.floor(fraction() * choices.length)] as (typeof choices)[0],
    happens: (rate) => fraction() < rate,
    uuid() {
      const hex = [word(), word(), word(), word()].map((each) => each.toString(16).padStart(8, "0")).join("");
      const variant = "89ab"[Number.parseInt(hex.charAt(16), 16) & 3];
      return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20)}`;
    },
    of: (name) => seeded(`${seed}/${name}`),
  };
}
