import { AwsError } from "../../aws-error.ts";

export interface ByteRange {
  readonly first: number;
  /** Inclusive. */
  readonly last: number;
}

/** Reads a Range header; undefined means the whole, which is also what HTTP wants for a range that cannot be understood. */
export function parseRange(header: unknown, size: number): ByteRange | undefined {
  const [, from, to] = /^bytes=(\d*)-(\d*)$/.exec(typeof header === "string" ? header.trim() : "") ?? [];
  if (from === undefined || to === undefined || (from === "" && to === "")) return undefined;
  const range =
    from === ""
      ? { first: Math.max(0, size - Number(to)), last: size - 1 }
      : { first: Number(from), last: to === "" ? size - 1 : Math.min(Number(to), size - 1) };
  if (from !== "" && to !== "" && Number(from) > Number(to)) return undefined;
  if (range.first >= size || (from === "" && Number(to) === 0)) {
    throw new AwsError("InvalidRange", "The requested range is not satisfiable", {
      status: 416,
      RangeRequested: String(header),
      ActualObjectSize: size,
    });
  }
  return range;
}
