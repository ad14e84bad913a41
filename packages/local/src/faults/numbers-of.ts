const FNV_OFFSET = 0x811c9dc5;
const FNV_PRIME = 0x01000193;
const GOLDEN_RATIO = 0x9e3779b9;

/**
 * Numbers in [0, 1) that follow from the text alone (FNV-1a, then SplitMix's steps in 32 bits). A call may be asked about a dozen kinds of
 * faults, so a draw must cost less than a digest does; nothing about it is secret.
 */
export function numbersOf(text: string): () => number {
  let state = FNV_OFFSET;
  for (let index = 0; index < text.length; index++) state = Math.imul(state ^ text.charCodeAt(index), FNV_PRIME);
  return () => {
    state = (state + GOLDEN_RATIO) | 0;
    let mixed = Math.imul(state ^ (state >>> 16), 0x21f0aaad);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
    return ((mixed ^ (mixed >>> 15)) >>> 0) / 2 ** 32;
  };
}
