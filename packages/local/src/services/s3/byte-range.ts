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
  if (range.first >= size || (from === "" && Number(to) === 0)) throw invalidRange(header, size);
  return range;
}

/** The range of a copy's source: written out, and within it. Undefined where none is asked for. */
export function parseCopyRange(header: unknown, size: number): ByteRange | undefined {
  if (header === undefined) return undefined;
  const [, from, to] = /^bytes=(\d+)-(\d+)$/.exec(String(header)) ?? [];
  if (from === undefined || Number(from) > Number(to)) {
    const message =
      "The x-amz-copy-source-range value must be of the form bytes=first-last where first and last are the zero-based offsets of the first and last bytes to copy";
    throw new AwsError("InvalidArgument", message, {
      ArgumentName: "x-amz-copy-source-range",
      ArgumentValue: String(header),
    });
  }
  if (Number(to) >= size) throw invalidRange(header, size);
  return { first: Number(from), last: Number(to) };
}

function invalidRange(header: unknown, size: number): AwsError {
  return new AwsError("InvalidRange", "The requested range is not satisfiable", {
    status: 416,
    RangeRequested: String(header),
    ActualObjectSize: size,
  });
}
