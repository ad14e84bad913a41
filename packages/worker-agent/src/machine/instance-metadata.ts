import { request } from "node:http";

/** The metadata service of the machine, version 2 only. */
export interface InstanceMetadata {
  /** The text at a path below /latest/; undefined where there is none. Rejects when the service does not answer. */
  read(path: string): Promise<string | undefined>;
}

const TOKEN_SECONDS = 21_600;
const TIMEOUT_MS = 2000;

/** @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-instance-metadata-service.html */
export function instanceMetadata(url: string): InstanceMetadata {
  const base = url.replace(/\/$/, "");
  let token: Promise<string> | undefined;
  const fetchToken = async () => {
    const { status, body } = await call("PUT", `${base}/latest/api/token`, {
      "x-aws-ec2-metadata-token-ttl-seconds": String(TOKEN_SECONDS),
    });
    if (status !== 200) throw new Error(`the metadata service at ${base} gave no token: HTTP ${status}`);
    return body;
  };
  const currentToken = () => {
    token ??= fetchToken().catch((error: unknown) => {
      token = undefined;
      throw error;
    });
    return token;
  };
  const read = async (path: string, mayRenew = true): Promise<string | undefined> => {
    const { status, body } = await call("GET", `${base}/latest/${path}`, {
      "x-aws-ec2-metadata-token": await currentToken(),
    });
    if (status === 200) return body;
    if (status === 404) return undefined;
    if (status === 401 && mayRenew) {
      token = undefined;
      return read(path, false);
    }
    throw new Error(`the metadata service at ${base} answered ${path} with HTTP ${status}`);
  };
  return { read: (path) => read(path) };
}

/** node:http rather than fetch: it is loaded anyway, and a worker's first poll waits for this. */
function call(method: string, url: string, headers: Record<string, string>): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    const outgoing = request(url, { method, headers, timeout: TIMEOUT_MS }, (incoming) => {
      let body = "";
      incoming.setEncoding("utf8");
      incoming.on("data", (text: string) => {
        body += text;
      });
      incoming.on("end", () => resolve({ status: incoming.statusCode ?? 0, body }));
      incoming.on("error", reject);
    });
    outgoing.on("timeout", () => outgoing.destroy(new Error(`${url} did not answer within ${TIMEOUT_MS} ms`)));
    outgoing.on("error", reject);
    outgoing.end();
  });
}
