import { expect, test } from "vitest";
import { keyPlaces, localBuckets, signingKeyOf } from "../testing/local-buckets.ts";
import { get, getExisting } from "./objects.ts";
import { clearSign, detachedSignature, isSignatureOf, openSigningKey, verifiedText } from "./signing-key.ts";

test("of several workers that find no key, all sign with the same one", async () => {
  await using buckets = await localBuckets();
  const keys = await Promise.all([1, 2, 3].map(() => signingKeyOf(buckets.s3)));
  expect(new Set(keys.map((key) => key.getFingerprint())).size).toBe(1);
});

test("the key stays the same from one worker to the next, and its private half is not where users download", async () => {
  await using buckets = await localBuckets();
  const { s3 } = buckets;
  const first = await signingKeyOf(s3);
  expect((await signingKeyOf(s3)).getFingerprint()).toBe(first.getFingerprint());
  const published = (await getExisting(s3, keyPlaces("key").publicKey)).body;
  expect(published).toEqual(Buffer.from(first.toPublic().write()));
});

test("a public key without its private half is not replaced", async () => {
  await using buckets = await localBuckets();
  const { s3 } = buckets;
  await signingKeyOf(s3);
  const lost = { privateKey: keyPlaces("lost").privateKey, publicKey: keyPlaces("key").publicKey };
  await expect(openSigningKey(s3, lost)).rejects.toThrow(
    "users have the public key s3://downloads/key.gpg but s3://state/lost.asc is not there",
  );
  expect(await get(s3, lost.privateKey)).toBeUndefined();
});

test("another signer's public key is not taken for one's own", async () => {
  await using buckets = await localBuckets();
  const { s3 } = buckets;
  await signingKeyOf(s3, "mine");
  await signingKeyOf(s3, "other");
  const mixed = { privateKey: keyPlaces("mine").privateKey, publicKey: keyPlaces("other").publicKey };
  await expect(openSigningKey(s3, mixed)).rejects.toThrow("users would not accept its signatures");
});

test("a signature holds for its content and its key alone", async () => {
  await using buckets = await localBuckets();
  const [mine, other] = [await signingKeyOf(buckets.s3, "mine"), await signingKeyOf(buckets.s3, "other")];
  const content = Buffer.from("a tarball");
  const signature = await detachedSignature(content, mine);
  expect(await isSignatureOf(content, signature, mine.toPublic())).toBe(true);
  expect(await isSignatureOf(Buffer.from("another"), signature, mine.toPublic())).toBe(false);
  expect(await isSignatureOf(content, signature, other.toPublic())).toBe(false);
});

test("a clear-signed text that was changed is refused", async () => {
  await using buckets = await localBuckets();
  const key = await signingKeyOf(buckets.s3);
  const signed = await clearSign("Suite: bookworm\n", key);
  expect(await verifiedText(signed, key.toPublic())).toBe("Suite: bookworm\n");
  await expect(verifiedText(signed.replace("bookworm", "trixie"), key.toPublic())).rejects.toThrow();
});
