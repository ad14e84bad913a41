import { isIP } from "node:net";

/**
 * Why a request is refused before anything of it is read; undefined for one that is answered. A web page may rebind its own name to 127.0.0.1 and
 * then read what it gets as its own; but it cannot say that it asked for a loopback name.
 * @param host the request's Host header
 * @param allowed names and addresses, beside loopback ones, under which a person lets this machine be asked
 */
export function whyRefused(host: string | undefined, allowed: readonly string[]): string | undefined {
  const name = host === undefined ? undefined : hostName(host);
  if (name !== undefined && (isLoopback(name) || allowed.some((other) => other.toLowerCase() === name)))
    return undefined;
  return `the name ${JSON.stringify(host ?? "")} is not answered: ask for localhost, or allow the name`;
}

/** Browsers and resolvers keep every name below localhost on this machine. @see https://www.rfc-editor.org/rfc/rfc6761#section-6.3 */
function isLoopback(name: string): boolean {
  if (name === "localhost" || name.endsWith(".localhost")) return true;
  const address = name.replace(/^\[(?:::ffff:)?(.*)\]$/, "$1");
  return isIP(address) === 4 ? address.startsWith("127.") : address === "::1";
}

/** In lower case, without the port and the root's dot. */
function hostName(host: string): string | undefined {
  return /^(\[[^\]]*\]|[^:]*)(?::\d*)?$/.exec(host)?.[1]?.toLowerCase().replace(/\.$/, "");
}
