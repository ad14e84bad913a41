import type { Item } from "./items.ts";
import type { ReadItem } from "./read-item.ts";
import type { CheckJson, VerifiedJson } from "./verify-json.ts";

/** All that there is to say of an object that was read, or could not be. @param signatures what was found of those that sign it */
export function verified(
  item: Item,
  read: ReadItem,
  { signatures, isWithdrawn }: { signatures: readonly CheckJson[]; isWithdrawn: boolean },
): VerifiedJson {
  const { uri, place, stored, problems } = item;
  const repository = problems.map((says): CheckJson => ({ check: "repository", by: null, good: false, says }));
  const checks = [...contentChecks(item, read, isWithdrawn), ...signatures, ...repository];
  return {
    uri,
    task: place?.task ?? null,
    step: place?.step ?? null,
    platform: place?.platform ?? null,
    bytes: read.kind === "gone" ? null : (stored?.bytes ?? null),
    sha256: read.kind === "read" ? read.sha256 : null,
    good: verdictOf(checks),
    checks,
  };
}

function verdictOf(checks: readonly CheckJson[]): boolean | null {
  if (checks.some(({ good }) => good === false)) return false;
  return checks.some(({ good }) => good === true) ? true : null;
}

function contentChecks(item: Item, read: ReadItem, isWithdrawn: boolean): CheckJson[] {
  switch (read.kind) {
    case "read":
      return digestChecks(item, read.sha256);
    case "unlike its checksum":
      return [{ check: "s3", by: null, good: false, says: "it is not what the checksum that S3 keeps with it says" }];
    case "replaced meanwhile":
      return [{ check: "there", by: null, good: false, says: "it was replaced while it was verified: verify again" }];
    case "gone":
      return goneChecks(item, isWithdrawn);
  }
}

function goneChecks({ artifact, problems, stated }: Item, isWithdrawn: boolean): CheckJson[] {
  // Whoever names it has said so.
  if (problems.length > 0) return [];
  const maker = artifact?.recorded?.maker;
  const by = maker === undefined ? (stated[0]?.by ?? null) : makerText(maker);
  if (artifact?.bucket === "scratch")
    return [{ check: "there", by, good: null, says: "it is gone from scratch, where nothing stays" }];
  if (isWithdrawn && artifact !== undefined)
    return [{ check: "withdrawn", by, good: null, says: "it was taken back with its version" }];
  const why = by === null ? "" : `, and ${by} ${maker === undefined ? "names" : "made"} it`;
  return [{ check: "there", by, good: false, says: `it is not there${why}` }];
}

function digestChecks({ stored, artifact, stated }: Item, sha256: string): CheckJson[] {
  const upload = artifact?.replacement ?? artifact?.recorded;
  const expected: (readonly [CheckJson["check"], string | null, string | undefined])[] = [
    ["s3", null, stored?.checksum],
    ["metadata", null, stored?.metadata],
    ["record", upload === undefined ? null : makerText(upload.maker), upload?.sha256],
    ...stated.map(({ by, sha256: digest }) => ["stated", by, digest] as const),
  ];
  return expected.flatMap(([check, by, digest]) => {
    if (digest === undefined) return [];
    const good = digest === sha256;
    return [
      {
        check,
        by,
        good,
        says: good ? "the same digest" : `${WHO[check]}${by ?? ""} says ${digest}`,
      },
    ];
  });
}

const WHO: Readonly<Partial<Record<CheckJson["check"], string>>> = {
  s3: "the checksum that S3 keeps",
  metadata: "what it was stored with",
  record: "the record of ",
  stated: "",
};

const makerText = ({ task, build }: { task: string; build: string }): string => `${task} in ${build}`;
