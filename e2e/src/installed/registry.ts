import { createHash } from "node:crypto";
import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { basename } from "node:path";
import type { Packed } from "./packed.ts";

export interface Registry extends AsyncDisposable {
  readonly url: string;
}

/**
 * A registry that has what is packed, under its names, and sends whoever asks for anything else on to another one.
 * @param manifests `package.json` of each, by name
 * @see https://github.com/npm/registry/blob/main/docs/REGISTRY-API.md
 */
export async function startRegistry(
  packed: readonly Packed[],
  { manifests, others }: { manifests: ReadonlyMap<string, object>; others: string },
): Promise<Registry> {
  const server = createServer(({ url: asked = "/" }, response) => {
    const path = decodeURIComponent(asked.split("?")[0] ?? "/").slice(1);
    const named = packed.find(({ name }) => name === path);
    const tarball = packed.find(({ file }) => `-/${basename(file)}` === path);
    if (named !== undefined) answerJson(response, documentOf(named, manifests.get(named.name), url()));
    else if (tarball !== undefined) response.end(tarball.bytes);
    else response.writeHead(302, { location: new URL(asked.slice(1), `${others.replace(/\/$/, "")}/`).href }).end();
  });
  const url = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: url(),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

function documentOf({ name, version, file, bytes }: Packed, manifest: object | undefined, url: string): object {
  const integrity = `sha512-${createHash("sha512").update(bytes).digest("base64")}`;
  const dist = { tarball: `${url}/-/${basename(file)}`, integrity };
  return { name, "dist-tags": { latest: version }, versions: { [version]: { ...manifest, dist } } };
}

function answerJson(response: ServerResponse, body: object): void {
  response.setHeader("content-type", "application/json");
  response.end(JSON.stringify(body));
}
