import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import { publicKey, publishedSource, sourceTarball } from "../artifacts.ts";
import { env } from "./env.ts";
import { getExisting, openS3, type Place, parseUrl, publishOnce, put, url } from "./objects.ts";
import { runTool } from "./run-tool.ts";
import { detachedSignature, isSignatureOf, openSigningKey } from "./signing-key.ts";

await runTool(async () => {
  const s3 = openS3();
  const { downloads } = env.buckets();
  const inDownloads = ({ key }: { key: string }): Place => ({ bucket: downloads, key });
  const signer = await openSigningKey(s3, {
    privateKey: parseUrl(env.signingKey()),
    publicKey: inDownloads(publicKey),
  });
  // The script has fetched both beside the unpacked source.
  const source = sourceTarball(env.version());
  const tarball = await readFile(basename(source.tarball.key));
  const checksum = await readFile(basename(source.checksum.key));

  const published = publishedSource(env.version());
  await publishOnce(s3, { place: inDownloads(published.tarball), body: tarball, contentType: "application/gzip" });
  await publishOnce(s3, { place: inDownloads(published.checksum), body: checksum, contentType: "text/plain" });
  const signature = inDownloads(published.signature);
  const body = await detachedSignature(tarball, signer);
  if (!(await put(s3, { place: signature, body, contentType: "application/pgp-signature", when: "new" }))) {
    const present = await getExisting(s3, signature);
    if (!(await isSignatureOf(tarball, present.body, signer.toPublic()))) {
      throw new Error(`${url(signature)} is not this key's signature of the tarball: remove it to sign anew`);
    }
  }
  console.log(`${url(inDownloads(published.tarball))}, with .sha256 and .sig`);
  return { note: published.tarball.key };
});
