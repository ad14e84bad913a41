import { UsageError } from "./usage-error.ts";

/** @throws UsageError for what is no port */
export function parsePort(text: string): number {
  const port = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (port <= 65_535) return port;
  throw new UsageError(`"${text}" is not a port`, { hint: "a port is a number from 0 to 65535; 0 takes a free one" });
}
