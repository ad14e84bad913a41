import { createHash } from "node:crypto";
import { type AptPackage, evidenceText, formatControl, isAptPackage, type PlatformSubject } from "@muster/pipeline";
import { MakeBinaryPackage } from "@muster/pipeline-hhvm";

/** The platforms of all recorded cases. */
const PLATFORMS = ["debian-10-buster", "ubuntu-18.04-bionic"];
const BUCKETS = { assets: "assets", scratch: "hhvm-scratch", downloads: "hhvm-downloads", state: "state" };
const PACKAGE = /^s3:\/\/(hhvm-scratch|hhvm-downloads)\/.*\/hhvm(?:-nightly)?_(.+)-1~([a-z]+)_amd64\.deb$/;

/**
 * What lay beside a package by which the predecessor told how far a platform had come, by URL: in scratch the rest of what its build had made, and
 * where users download the index of its suite, which reprepro had written.
 * @param objects URLs of what there was
 */
export function alongside(objects: readonly string[]): Readonly<Record<string, string>> {
  const packages = objects.flatMap((url) => {
    const [, bucket, version, codename] = PACKAGE.exec(url) ?? [];
    const platform = PLATFORMS.find((each) => each.endsWith(`-${codename}`));
    if (version === undefined || platform === undefined) return [];
    const subject: PlatformSubject = { per: "platform", version, platform, platforms: [], buildPlatforms: [] };
    return [{ url, isPublished: bucket === BUCKETS.downloads, subject }];
  });
  return Object.fromEntries(
    packages.flatMap(({ url, isPublished, subject }) => {
      if (isPublished) return indexOf(url, (MakeBinaryPackage.publishes?.(subject) ?? []).filter(isAptPackage));
      const made = MakeBinaryPackage.produces?.(subject) ?? [];
      return made.map((object) => [evidenceText(object, BUCKETS), url]);
    }),
  );
}

/** A suite's index that names packages, all of which are the one file that there is. */
function indexOf(url: string, packages: readonly AptPackage[]): [url: string, text: string][] {
  const [root, suite] = [/^s3:\/\/[^/]+\/[^/]+\//.exec(url)?.[0] ?? "", packages[0]?.suite.key ?? ""];
  const text = formatControl(
    packages.map(
      (each) =>
        new Map([
          ["Package", each.package],
          ["Version", each.version],
          ["Architecture", each.architecture ?? ""],
          ["Filename", url.slice(root.length)],
          ["Size", String(Buffer.byteLength(url))],
        ]),
    ),
  );
  const sha256 = createHash("sha256").update(text).digest("hex");
  const folder = `s3://${BUCKETS.downloads}/${suite}`;
  return [
    [`${folder}/main/binary-amd64/Packages`, text],
    [`${folder}/InRelease`, `SHA256:\n ${sha256} ${text.length} main/binary-amd64/Packages\n`],
  ];
}
