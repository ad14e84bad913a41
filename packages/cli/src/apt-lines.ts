import { ListObjectsV2Command, NoSuchBucket, type S3Client } from "@aws-sdk/client-s3";

/**
 * The lines that make apt use what lies in the download bucket, one for each distribution published there.
 * An apt repository is recognised by `<family>/dists/<codename>/`; its public key by its name, beside it or at the top.
 * @param base URL under which the bucket's objects are found
 */
export async function aptLines(s3: S3Client, { bucket, base }: { bucket: string; base: string }): Promise<string[]> {
  const list = async (Prefix: string) => {
    try {
      const page = await s3.send(new ListObjectsV2Command({ Bucket: bucket, Prefix, Delimiter: "/" }));
      return {
        folders: (page.CommonPrefixes ?? []).flatMap(({ Prefix: folder }) => folder ?? []),
        objects: (page.Contents ?? []).flatMap(({ Key }) => Key ?? []),
      };
    } catch (error) {
      if (error instanceof NoSuchBucket) return { folders: [], objects: [] };
      throw error;
    }
  };
  const top = await list("");
  const lines = await Promise.all(
    top.folders.map(async (family) => {
      const [{ folders: codenames }, { objects }] = await Promise.all([list(`${family}dists/`), list(family)]);
      const key = [...objects, ...top.objects].find((name) => /\.(asc|gpg)$/.test(name));
      return codenames.map((folder) => {
        const codename = folder.split("/").at(-2);
        const signedBy =
          key === undefined || !base.startsWith("file:") ? "" : `[signed-by=${new URL(`${base}/${key}`).pathname}] `;
        return `deb ${signedBy}${base}/${family.slice(0, -1)} ${codename} main`;
      });
    }),
  );
  return lines.flat();
}
