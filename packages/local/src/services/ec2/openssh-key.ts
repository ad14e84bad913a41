import { createHash, createPublicKey, generateKeyPairSync, type KeyObject } from "node:crypto";
import { AwsError } from "../../aws-error.ts";

export interface PublicKey {
  readonly type: "rsa" | "ed25519";
  /** As in `authorized_keys`, without a comment. */
  readonly line: string;
  readonly fingerprint: string;
}

/** A new key: what is kept of it, and the private half, which is not. */
export function createKey(type: string): PublicKey & { readonly privateKey: string } {
  if (type === "rsa") {
    const { publicKey, privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
    // Keys that EC2 made have the SHA-1 of the private half for a fingerprint.
    const fingerprint = colons(digest("sha1", privateKey.export({ type: "pkcs8", format: "der" })));
    const pem = privateKey.export({ type: "pkcs1", format: "pem" }).toString();
    return { type, line: lineOf("ssh-rsa", rsaBlob(publicKey)), fingerprint, privateKey: pem };
  }
  if (type !== "ed25519") throw new AwsError("InvalidParameterValue", `Invalid value '${type}' for KeyType.`);
  const { privateKey } = generateKeyPairSync("ed25519");
  const { x = "", d = "" } = privateKey.export({ format: "jwk" });
  const [open, seed] = [Buffer.from(x, "base64url"), Buffer.from(d, "base64url")];
  const blob = Buffer.concat([field("ssh-ed25519"), field(open)]);
  return {
    type,
    line: lineOf("ssh-ed25519", blob),
    fingerprint: sha256Of(blob),
    privateKey: opensshPrivateKey(blob, open, seed),
  };
}

/** Reads a line of `authorized_keys`; throws `InvalidKey.Format`. */
export function readPublicKey(text: string): PublicKey {
  const [name = "", encoded = ""] = text.trim().split(/\s+/);
  const blob = Buffer.from(encoded, "base64");
  const fields = fieldsOf(blob);
  if (fields[0]?.toString() === name && name === "ssh-ed25519" && fields[1]?.length === 32)
    return { type: "ed25519", line: lineOf(name, blob), fingerprint: sha256Of(blob) };
  const [, e, n] = fields;
  if (fields[0]?.toString() !== name || name !== "ssh-rsa" || e === undefined || n === undefined)
    throw new AwsError("InvalidKey.Format", "Key is not in valid OpenSSH public key format");
  const jwk = { kty: "RSA", e: unsigned(e).toString("base64url"), n: unsigned(n).toString("base64url") };
  const der = createPublicKey({ key: jwk, format: "jwk" }).export({ type: "spki", format: "der" });
  return { type: "rsa", line: lineOf(name, blob), fingerprint: colons(digest("md5", der)) };
}

const lineOf = (name: string, blob: Buffer): string => `${name} ${blob.toString("base64")}`;
const digest = (algorithm: string, bytes: Buffer): Buffer => createHash(algorithm).update(bytes).digest();
const colons = (bytes: Buffer): string => bytes.toString("hex").replace(/..(?=.)/g, "$&:");
const sha256Of = (blob: Buffer): string => digest("sha256", blob).toString("base64");

function rsaBlob(key: KeyObject): Buffer {
  const { e = "", n = "" } = key.export({ format: "jwk" });
  const integer = (value: string) => {
    const bytes = Buffer.from(value, "base64url");
    return field((bytes[0] ?? 0) < 128 ? bytes : Buffer.concat([Buffer.of(0), bytes]));
  };
  return Buffer.concat([field("ssh-rsa"), integer(e), integer(n)]);
}

/** @see https://github.com/openssh/openssh-portable/blob/master/PROTOCOL.key */
function opensshPrivateKey(blob: Buffer, open: Buffer, seed: Buffer): string {
  const check = digest("sha256", seed).subarray(0, 4);
  const secret = Buffer.concat([check, check, blob, field(Buffer.concat([seed, open])), field("")]);
  const padding = Buffer.from(Array.from({ length: (8 - (secret.length % 8)) % 8 }, (_, index) => index + 1));
  const key = Buffer.concat([
    Buffer.from("openssh-key-v1\0"),
    field("none"),
    field("none"),
    field(""),
    Buffer.of(0, 0, 0, 1),
    field(blob),
    field(Buffer.concat([secret, padding])),
  ]);
  const lines = key.toString("base64").replace(/.{70}/g, "$&\n");
  return `-----BEGIN OPENSSH PRIVATE KEY-----\n${lines}\n-----END OPENSSH PRIVATE KEY-----\n`;
}

/** A length of four bytes, and so many bytes. */
function field(value: string | Buffer): Buffer {
  const bytes = Buffer.from(value);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}

function fieldsOf(blob: Buffer): Buffer[] {
  const fields: Buffer[] = [];
  for (let at = 0; at + 4 <= blob.length; ) {
    const length = blob.readUInt32BE(at);
    fields.push(blob.subarray(at + 4, at + 4 + length));
    at += 4 + length;
  }
  return fields;
}

const unsigned = (bytes: Buffer): Buffer => (bytes[0] === 0 ? bytes.subarray(1) : bytes);
