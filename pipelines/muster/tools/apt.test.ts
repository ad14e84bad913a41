import { channelOf } from "@muster/pipeline";
import { describe, expect, test } from "vitest";
import { binaryPackage, channels, VALID_DAYS } from "../artifacts.ts";
import { aptOf, hasApt } from "../testing/apt-of.ts";
import { localBuckets, signingKeyOf } from "../testing/local-buckets.ts";
import { sha256 } from "./objects.ts";
import { publishSuite } from "./publish-suite.ts";

/** A version's package for bookworm, in the suite of its channel. */
function packageOf(version: string) {
  const { debianVersion, published, suite } = binaryPackage({ version, platform: "debian-12-bookworm" });
  const paragraph = new Map([
    ["Package", "muster"],
    ["Version", debianVersion],
    ["Architecture", "amd64"],
    ["Filename", `pool/main/m/muster/muster_${debianVersion}_amd64.deb`],
    ["Size", "1"],
    ["SHA256", sha256("x")],
  ]);
  const place = { bucket: "downloads", folder: published.suite.key, suite, channel: channelOf(channels, version) };
  return { suite: place, packages: [paragraph] };
}

describe.skipIf(!hasApt)("what apt makes of it", () => {
  test("a nightly is an upgrade for who follows nightlies, and for nobody who follows releases", async () => {
    await using buckets = await localBuckets();
    await using apt = await aptOf(buckets.s3);
    const key = await signingKeyOf(buckets.s3);
    for (const version of ["0.1.1", "2026.11.29", "0.1.2"]) {
      const { suite, packages } = packageOf(version);
      await publishSuite(buckets.s3, suite, { packages, key });
    }
    expect(await apt.follow(["bookworm"], "muster")).toEqual({ complaint: "", candidate: "0.1.2-1~bookworm" });
    expect(await apt.follow(["bookworm", "bookworm-nightly"], "muster")).toEqual({
      complaint: "",
      candidate: "2026.11.29-1~bookworm",
    });
  });

  test("an index is taken while it is valid, and refused afterwards", async () => {
    await using buckets = await localBuckets();
    await using apt = await aptOf(buckets.s3);
    const key = await signingKeyOf(buckets.s3);
    const { suite, packages } = packageOf("0.1.2");
    const longAgo = new Date(Date.now() - (VALID_DAYS + 1) * 24 * 3600 * 1000);
    await publishSuite(buckets.s3, suite, { packages, key, now: () => longAgo });
    expect((await apt.follow(["bookworm"], "muster")).complaint).toMatch(/Release file for .* is expired/);
    await publishSuite(buckets.s3, suite, { packages: [], key });
    expect(await apt.follow(["bookworm"], "muster")).toEqual({ complaint: "", candidate: "0.1.2-1~bookworm" });
  });
});
