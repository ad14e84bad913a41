const days = { VALID_DAYS: "90", RENEWED_DAYS: "60" };

/** What tasks of a release's version find in their environment. */
export const release = taskOf("4.28.2");

/** The same for a nightly. */
export const nightly = {
  VERSION: "2026.11.24",
  IS_NIGHTLY: "true",
  S3_BUCKET: "hhvm-downloads",
  S3_PATH: "source/nightlies/hhvm-nightly-2026.11.24.tar.gz",
  S3_SOURCE: "s3://hhvm-downloads/source/nightlies/hhvm-nightly-2026.11.24.tar.gz",
  PACKAGING_BRANCH: "master",
  SERIES_SUITE: "DISTRO",
  ...days,
};

/** The same for any release. */
export function taskOf(version: string) {
  const series = version.split(".").slice(0, 2).join(".");
  return {
    VERSION: version,
    IS_NIGHTLY: "false",
    S3_BUCKET: "hhvm-scratch",
    S3_PATH: `hhvm-${version}.tar.gz`,
    S3_SOURCE: `s3://hhvm-scratch/hhvm-${version}.tar.gz`,
    PACKAGING_BRANCH: `HHVM-${series}`,
    SERIES_SUITE: `DISTRO-${series}`,
    ...days,
  };
}

/** What the task of one platform finds besides. */
export const platform = { DISTRO: "ubuntu-18.04-bionic", MUSTER_TASK: "MakeBinaryPackage-4.28.2-ubuntu-18.04-bionic" };
