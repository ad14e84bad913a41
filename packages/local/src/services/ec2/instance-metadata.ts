import type { Clock } from "../../clock.ts";
import type { IncomingRequest } from "../../endpoint.ts";
import type { Random } from "../../random.ts";
import type { WireResponse } from "../../service.ts";
import { architectureOf, type Instance, privateDnsName } from "./instance.ts";
import { accessKeyIdOf } from "./instance-credentials.ts";
import { decodeUserData } from "./user-data.ts";

export interface InstanceMetadataOptions {
  /** The instance as it is now: tags and notices change while it runs. */
  readonly instance: () => Instance;
  readonly clock: Clock;
  readonly random: Random;
  readonly region: string;
  readonly accountId: string;
}

/** Under which instances ask on AWS; whoever plays one may forward them. */
export const METADATA_ADDRESSES = ["169.254.169.254", "[fd00:ec2::254]"] as const;

const LONGEST_SESSION_SECONDS = 21_600;
const CREDENTIALS_LAST_MS = 6 * 3_600_000;

/** A folder lists its children by name; a folder's name ends with a slash. A function is asked when its path is read. */
type Tree = { readonly [name: string]: Tree | (() => string | undefined) };

/**
 * The metadata service of one instance, version 2: a session token first, then paths.
 * @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instancedata-data-categories.html
 */
export function instanceMetadata(options: InstanceMetadataOptions): (request: IncomingRequest) => WireResponse {
  const { instance, clock, random } = options;
  const sessions = new Map<string, number>();

  const openSession = (ttl: string | undefined): WireResponse => {
    const seconds = Number(ttl);
    if (!Number.isInteger(seconds) || seconds < 1 || seconds > LONGEST_SESSION_SECONDS)
      return plain(400, "Bad Request");
    const token = Buffer.from(random.hex(64), "hex").toString("base64");
    sessions.set(token, clock.now() + seconds * 1000);
    return plain(200, token, { "x-aws-ec2-metadata-token-ttl-seconds": String(seconds) });
  };
  const isAuthorized = (token: string | undefined) =>
    token === undefined ? instance().httpTokens === "optional" : (sessions.get(token) ?? 0) > clock.now();

  return ({ method, url, headers }) => {
    const path = decodeURIComponent(url.replace(/\?.*$/, ""));
    if (path === "/latest/api/token") {
      return method === "PUT"
        ? openSession(headers["x-aws-ec2-metadata-token-ttl-seconds"])
        : plain(405, "Method Not Allowed");
    }
    if (!isAuthorized(headers["x-aws-ec2-metadata-token"])) return plain(401, "Unauthorized");
    if (method !== "GET" && method !== "HEAD") return plain(405, "Method Not Allowed");
    const text = read(metadataTree(options), path);
    return text === undefined ? plain(404, "Not Found") : plain(200, text);
  };
}

function metadataTree({ instance: current, clock, region, accountId }: InstanceMetadataOptions): Tree {
  const instance = current();
  const { interruption, instanceProfileArn } = instance;
  const profile = instanceProfileArn?.split("/").at(-1);
  const notice = interruption && {
    "instance-action": () => JSON.stringify({ action: interruption.action, time: isoSeconds(interruption.atMs) }),
    "termination-time": () => isoSeconds(interruption.atMs),
  };
  return {
    "meta-data": {
      "ami-id": () => instance.imageId,
      "ami-launch-index": () => String(instance.launchIndex),
      hostname: () => privateDnsName(instance),
      iam: {
        ...(profile !== undefined && {
          info: () => JSON.stringify({ Code: "Success", InstanceProfileArn: instanceProfileArn }),
          "security-credentials": { [profile]: () => credentials(instance, clock.now()) },
        }),
      },
      "instance-action": () => "none",
      "instance-id": () => instance.instanceId,
      "instance-life-cycle": () => instance.market,
      "instance-type": () => instance.instanceType,
      "local-hostname": () => privateDnsName(instance),
      "local-ipv4": () => instance.privateIpAddress,
      placement: { "availability-zone": () => instance.availabilityZone, region: () => region },
      "reservation-id": () => instance.reservationId,
      "security-groups": () => (instance.securityGroupNames ?? ["default"]).join("\n"),
      services: { domain: () => "amazonaws.com", partition: () => "aws" },
      ...(notice !== undefined && { spot: notice }),
      ...(instance.instanceMetadataTags && {
        tags: { instance: Object.fromEntries(Object.entries(instance.tags).map(([key, value]) => [key, () => value])) },
      }),
    },
    dynamic: { "instance-identity": { document: () => identityDocument(instance, region, accountId) } },
    "user-data": () => (instance.userData === undefined ? undefined : decodeUserData(instance.userData)),
  };
}

function credentials(instance: Instance, nowMs: number): string {
  return JSON.stringify({
    Code: "Success",
    LastUpdated: isoSeconds(nowMs),
    Type: "AWS-HMAC",
    AccessKeyId: accessKeyIdOf(instance.instanceId),
    SecretAccessKey: "local",
    Token: `local/${instance.instanceId}`,
    Expiration: isoSeconds(nowMs + CREDENTIALS_LAST_MS),
  });
}

function identityDocument(instance: Instance, region: string, accountId: string): string {
  const { instanceId, instanceType, imageId, privateIpAddress: privateIp, availabilityZone } = instance;
  const architecture = architectureOf(instanceType);
  const pendingTime = isoSeconds(instance.launchMs);
  const version = "2017-09-30";
  const document = {
    accountId,
    architecture,
    availabilityZone,
    imageId,
    instanceId,
    instanceType,
    pendingTime,
    privateIp,
    region,
    version,
  };
  return JSON.stringify(document, null, 2);
}

/** Tag keys may hold slashes, so a leaf is looked for in what is left of the path before it is cut further. */
function read(root: Tree, path: string): string | undefined {
  const rest = path.replace(/^\/(latest|\d{4}-\d{2}-\d{2})(?=\/|$)\/?/, "");
  if (rest === path) return undefined;
  let tree = root;
  for (let left = rest; left !== ""; ) {
    const whole = tree[left.replace(/\/$/, "")];
    if (typeof whole === "function") return whole();
    const slash = left.indexOf("/");
    const next = tree[slash < 0 ? left : left.slice(0, slash)];
    if (next === undefined || typeof next === "function") return undefined;
    tree = next;
    left = slash < 0 ? "" : left.slice(slash + 1);
  }
  return Object.entries(tree)
    .map(([name, child]) => (typeof child === "function" ? name : `${name}/`))
    .join("\n");
}

function plain(status: number, body: string, headers: Record<string, string> = {}): WireResponse {
  return { status, headers: { "content-type": "text/plain", server: "EC2ws", ...headers }, body };
}

function isoSeconds(ms: number): string {
  return new Date(ms).toISOString().replace(/\.\d+Z$/, "Z");
}
