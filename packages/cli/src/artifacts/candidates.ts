import { type StageDescription, s3Url } from "@muster/pipeline";
import type { Stage } from "../stages/stage.ts";
import { type AptSuite, isNamed, packageUri, readAptSuite } from "./apt-suite.ts";
import type { StatedDigest } from "./artifact.ts";
import type { ExpectedTask } from "./expected-objects.ts";
import { mapAtMost } from "./map-at-most.ts";
import type { RecordedUploads, Upload } from "./recorded-uploads.ts";
import type { TaskPlace } from "./task-place.ts";

/** An object that may be a version's, with what says so. */
export interface Candidate extends TaskPlace {
  /** By attempts of the version, the latest last. */
  readonly uploads: Upload[];
  readonly stated: StatedDigest[];
}

/** By URI. */
export type Candidates = Map<string, Candidate>;

/** What attempts uploaded, what tasks name as their evidence, and the files of packages that they name by a suite. */
export async function candidatesOf(
  { s3, description: { buckets } }: Pick<Stage, "s3" | "description">,
  { records, expected }: { readonly records: RecordedUploads; readonly expected: readonly ExpectedTask[] },
): Promise<Candidates> {
  const candidates: Candidates = new Map();
  for (const upload of records.uploads) {
    const { task, step, platform } = upload.maker;
    const former = candidates.get(upload.uri);
    candidates.set(upload.uri, { task, step, platform, uploads: [...(former?.uploads ?? []), upload], stated: [] });
  }
  for (const each of expected) for (const uri of each.objects) candidateAt(candidates, uri, each);
  const suites = new Map(
    await mapAtMost(
      4,
      suiteFolders(expected, { buckets }),
      async (folder) => [folder, await readAptSuite(await s3(), folder)] as const,
    ),
  );
  for (const each of expected)
    for (const wanted of each.packages)
      for (const { uri, stated } of filesOf(suites.get(s3Url(wanted.suite, buckets)), wanted))
        candidateAt(candidates, uri, each).stated.push(stated);
  return candidates;
}

/** The one that is known already, or a new one of that task. */
export function candidateAt(candidates: Candidates, uri: string, { task, step, platform }: TaskPlace): Candidate {
  const candidate = candidates.get(uri) ?? { task, step, platform, uploads: [], stated: [] };
  candidates.set(uri, candidate);
  return candidate;
}

/** URIs of the folders of suites that tasks name packages in. */
export const suiteFolders = (
  expected: readonly ExpectedTask[],
  { buckets }: Pick<StageDescription, "buckets">,
): string[] => [...new Set(expected.flatMap(({ packages }) => packages.map(({ suite }) => s3Url(suite, buckets))))];

function filesOf(
  suite: AptSuite | undefined,
  wanted: ExpectedTask["packages"][number],
): { uri: string; stated: StatedDigest }[] {
  if (suite === undefined) return [];
  const files = suite.indices.flatMap((index) =>
    index.packages
      .filter((fields) => isNamed(fields, wanted))
      .map((fields) => ({
        uri: packageUri(suite, fields),
        stated: { sha256: fields.get("SHA256") ?? "", by: index.uri },
      })),
  );
  return files.filter(({ stated }) => stated.sha256 !== "");
}
