import { isIP } from "node:net";
import { UsageError } from "./usage-error.ts";

/** A name or an address as requests bear it in their Host header, without a port. */
export function parseAllowedHost(text: string): string {
  const name = text.toLowerCase().replace(/\.$/, "");
  if (isIP(name) === 6) return `[${name}]`;
  if (isIP(name) === 4 || isIP(name.replace(/^\[(.*)\]$/, "$1")) === 6 || HOST_NAME.test(name)) return name;
  throw new UsageError(`"${text}" is not the name of a host`, {
    hint: "one name or address, without scheme, port or wildcard: --allow-host build.example.com",
  });
}

/** @see https://www.rfc-editor.org/rfc/rfc1123#section-2.1 and the underscore that container networks put into names */
const HOST_NAME = /^(?=.{1,253}$)[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?)*$/;
