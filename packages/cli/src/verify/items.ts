import type { Artifact, StatedDigest } from "../artifacts/artifact.ts";
import type { VersionArtifacts } from "../artifacts/find-artifacts.ts";
import { headArtifact, type StoredFacts } from "../artifacts/head-artifact.ts";
import { mapAtMost } from "../artifacts/map-at-most.ts";
import { placeOfUri } from "../artifacts/read-small.ts";
import type { TaskPlace } from "../artifacts/task-place.ts";
import type { Stage } from "../stages/stage.ts";
import { aptFindings } from "./apt-repositories.ts";
import { joined } from "./repository.ts";
import { yumFindings } from "./yum-repositories.ts";

/** An object to be verified, with all that says what it should be. */
export interface Item {
  readonly uri: string;
  /** undefined for a part of a repository that no attempt of the version made. */
  readonly place: TaskPlace | undefined;
  readonly artifact: Artifact | undefined;
  readonly stored: StoredFacts | undefined;
  readonly stated: readonly StatedDigest[];
  /** What is wrong with it beside its content. */
  readonly problems: readonly string[];
}

export interface Items {
  readonly items: readonly Item[];
  /** URIs of files that may hold public keys. */
  readonly keys: readonly string[];
}

/** The version's objects, and what repositories that have them are held together by. */
export async function itemsOf(
  { s3 }: Pick<Stage, "s3">,
  { artifacts, suites }: Pick<VersionArtifacts, "artifacts" | "suites">,
  { now }: { now: Date },
): Promise<Items> {
  const objects = artifacts.filter(({ bucket }) => bucket === "downloads").map(({ uri }) => uri);
  const ending = (suffix: string) => objects.filter((uri) => uri.endsWith(suffix));
  const folders = [...new Set([...suites, ...ending("/InRelease").map((uri) => uri.slice(0, -"/InRelease".length))])];
  const findings = joined([
    await aptFindings(await s3(), { folders, objects, now }),
    await yumFindings(await s3(), { repomds: ending("/repodata/repomd.xml"), objects }),
  ]);
  const ofVersion = new Map(artifacts.map((artifact) => [artifact.uri, artifact]));
  const parts = [...new Set(findings.parts)].filter((uri) => !ofVersion.has(uri));
  const heads = new Map(
    await mapAtMost(16, parts, async (uri) => [uri, await headArtifact(await s3(), placeOfUri(uri))] as const),
  );
  const items = [...ofVersion.keys(), ...parts].map((uri): Item => {
    const artifact = ofVersion.get(uri);
    const stated = [
      ...(artifact?.stated ?? []),
      ...findings.stated.flatMap(([of, digest]) => (of === uri ? [digest] : [])),
    ];
    return {
      uri,
      place: artifact,
      artifact,
      stored: artifact?.stored ?? heads.get(uri),
      stated: stated.filter(({ by }, index) => stated.findIndex((other) => other.by === by) === index),
      problems: [...new Set(findings.problems.flatMap(([of, says]) => (of === uri ? [says] : [])))],
    };
  });
  return { items, keys: findings.keys };
}
