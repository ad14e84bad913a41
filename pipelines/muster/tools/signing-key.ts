import type { S3Client } from "@aws-sdk/client-s3";
import {
  createCleartextMessage,
  createMessage,
  generateKey,
  type PrivateKey,
  type PublicKey,
  readCleartextMessage,
  readKey,
  readPrivateKey,
  readSignature,
  sign,
  verify,
} from "openpgp";
import { get, getExisting, type Place, put, url } from "./objects.ts";

/**
 * The key that signs releases: made on first use, kept in `privateKey`; users get its public half from `publicKey`.
 * @throws Error when users have a public key that is not this one's: replacing it silently would lock them out
 */
export async function openSigningKey(
  s3: S3Client,
  { privateKey, publicKey }: { privateKey: Place; publicKey: Place },
): Promise<PrivateKey> {
  const published = await get(s3, publicKey);
  const stored = await get(s3, privateKey);
  if (stored === undefined && published !== undefined) {
    throw new Error(
      `users have the public key ${url(publicKey)} but ${url(privateKey)} is not there: put it back, or remove the public key to begin anew`,
    );
  }
  const key = await readPrivateKey({ armoredKey: stored?.body.toString("utf8") ?? (await makeKey(s3, privateKey)) });
  await publish(s3, key, publicKey);
  return key;
}

/** Of several workers that find no key at the same time, one's is kept; all use that one. */
async function makeKey(s3: S3Client, place: Place): Promise<string> {
  const { privateKey } = await generateKey({
    // Ed25519 in its older encoding: GnuPG 2.2 and apt's own verifiers do not know the newer one.
    type: "ecc",
    curve: "ed25519Legacy",
    userIDs: [{ name: "Muster release signing key" }],
    subkeys: [],
    format: "armored",
  });
  const kept = await put(s3, { place, body: privateKey, contentType: "application/pgp-keys", when: "new" });
  return kept ? privateKey : (await getExisting(s3, place)).body.toString("utf8");
}

async function publish(s3: S3Client, key: PrivateKey, place: Place): Promise<void> {
  const body = Buffer.from(key.toPublic().write());
  if (await put(s3, { place, body, contentType: "application/octet-stream", when: "new" })) return;
  const published = await readKey({ binaryKey: (await getExisting(s3, place)).body });
  if (published.getFingerprint() === key.getFingerprint()) return;
  throw new Error(
    `${url(place)} is another key (${published.getFingerprint()}) than the one that signs (${key.getFingerprint()}): users would not accept its signatures`,
  );
}

/** A text with its signature around it, as an InRelease file is. */
export async function clearSign(text: string, signingKeys: PrivateKey): Promise<string> {
  return sign({ message: await createCleartextMessage({ text }), signingKeys, format: "armored" });
}

/**
 * The text that a clear-signed message holds.
 * @throws Error when the signature is not this key's
 */
export async function verifiedText(armored: string, key: PublicKey): Promise<string> {
  const message = await readCleartextMessage({ cleartextMessage: armored });
  const { signatures } = await verify({ message, verificationKeys: key });
  for (const { verified } of signatures) await verified;
  if (signatures.length === 0) throw new Error("it bears no signature");
  return message.getText();
}

/** A signature apart from its content, binary as gpgv takes it. */
export async function detachedSignature(content: Buffer, signingKeys: PrivateKey): Promise<Buffer> {
  const message = await createMessage({ binary: content });
  return Buffer.from(await sign({ message, signingKeys, detached: true, format: "binary" }));
}

/** The same, as text: what apt calls Release.gpg. */
export async function armoredSignature(text: string, signingKeys: PrivateKey): Promise<string> {
  return sign({
    message: await createMessage({ binary: Buffer.from(text) }),
    signingKeys,
    detached: true,
    format: "armored",
  });
}

/** Whether a detached signature is this key's, of this content. */
export async function isSignatureOf(content: Buffer, signature: Buffer, key: PublicKey): Promise<boolean> {
  const { signatures } = await verify({
    message: await createMessage({ binary: content }),
    signature: await readSignature({ binarySignature: signature }),
    verificationKeys: key,
  });
  const verified = await Promise.all(signatures.map((each) => each.verified.catch(() => false)));
  return verified.some(Boolean);
}
