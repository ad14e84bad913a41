import type { Stage } from "../stages/stage.ts";
import type { Artifact, ArtifactState } from "./artifact.ts";
import { type Candidate, type Candidates, candidateAt } from "./candidates.ts";
import { isChecksumFile, statedIn } from "./checksum-files.ts";
import { headArtifact, type StoredFacts } from "./head-artifact.ts";
import { mapAtMost } from "./map-at-most.ts";
import { placeOfUri, readSmall } from "./read-small.ts";
import type { RecordedUploads, Upload } from "./recorded-uploads.ts";

type Source = Pick<Stage, "s3" | "description">;

const AT_ONCE = 16;

/**
 * Asks S3 of each candidate; what was never there is left out. What files of checksums name is looked at too, and joins the candidates.
 * @throws StageError where S3 does not say
 */
export async function lookAt(stage: Source, candidates: Candidates, records: RecordedUploads): Promise<Artifact[]> {
  const { scratch, downloads } = stage.description.buckets;
  const bucketOf = (uri: string): Artifact["bucket"] | undefined => {
    const { bucket } = placeOfUri(uri);
    return bucket === downloads ? "downloads" : bucket === scratch ? "scratch" : undefined;
  };
  const stored = new Map<string, StoredFacts | undefined>();
  const head = async () => {
    const uris = [...candidates.keys()].filter((uri) => !stored.has(uri) && bucketOf(uri) !== undefined);
    await mapAtMost(AT_ONCE, uris, async (uri) =>
      stored.set(uri, await headArtifact(await stage.s3(), placeOfUri(uri))),
    );
  };
  await head();
  const sums = [...stored].flatMap(([uri, facts]) => (facts !== undefined && isChecksumFile(uri) ? [uri] : []));
  await mapAtMost(AT_ONCE, sums, async (uri) => {
    const text = (await readSmall(await stage.s3(), placeOfUri(uri)))?.toString("utf8") ?? "";
    const of = candidates.get(uri) as Candidate;
    for (const [named, stated] of statedIn(uri, text)) candidateAt(candidates, named, of).stated.push(stated);
  });
  await head();
  const artifacts = await mapAtMost(AT_ONCE, [...candidates], async ([uri, candidate]): Promise<Artifact[]> => {
    const bucket = bucketOf(uri);
    const facts = stored.get(uri);
    const { uploads, stated, task, step, platform } = candidate;
    const wasThere = facts !== undefined || uploads.length > 0 || (bucket === "downloads" && stated.length > 0);
    if (bucket === undefined || !wasThere) return [];
    const { recorded, replacement, state } = await historyOf(candidate, facts, records);
    return [{ uri, bucket, task, step, platform, state, stored: facts, recorded, replacement, stated }];
  });
  return artifacts.flat();
}

interface History extends Pick<Artifact, "recorded" | "replacement"> {
  readonly state: ArtifactState;
}

/** Which upload is meant by what is there, as far as that can be told without reading it. */
async function historyOf(
  { uploads }: Candidate,
  stored: StoredFacts | undefined,
  records: RecordedUploads,
): Promise<History> {
  const latest: Upload | undefined = uploads.at(-1);
  if (stored === undefined) return { state: "gone", recorded: latest, replacement: undefined };
  const sha256 = stored.checksum ?? stored.metadata;
  if (sha256 === undefined || latest === undefined) return { state: "there", recorded: latest, replacement: undefined };
  const same = uploads.findLast((upload) => upload.sha256 === sha256);
  if (same !== undefined) return { state: "there", recorded: same, replacement: undefined };
  const replacement = await records.replacement(latest, sha256);
  return { state: replacement === undefined ? "changed" : "replaced", recorded: latest, replacement };
}
