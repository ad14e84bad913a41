/** What tasks of a release's version find in their environment. */
export const release = {
  VERSION: "4.28.2",
  IS_NIGHTLY: "false",
  S3_BUCKET: "hhvm-scratch",
  S3_PATH: "hhvm-4.28.2.tar.gz",
  S3_SOURCE: "s3://hhvm-scratch/hhvm-4.28.2.tar.gz",
  PACKAGING_BRANCH: "HHVM-4.28",
};

/** The same for a nightly. */
export const nightly = {
  VERSION: "2026.11.24",
  IS_NIGHTLY: "true",
  S3_BUCKET: "hhvm-downloads",
  S3_PATH: "source/nightlies/hhvm-nightly-2026.11.24.tar.gz",
  S3_SOURCE: "s3://hhvm-downloads/source/nightlies/hhvm-nightly-2026.11.24.tar.gz",
  PACKAGING_BRANCH: "master",
};

/** What the task of one platform finds besides. */
export const platform = { DISTRO: "ubuntu-18.04-bionic", MUSTER_TASK: "MakeBinaryPackage-4.28.2-ubuntu-18.04-bionic" };

/** The package of that version and platform. */
export const deb = "hhvm_4.28.2-1~bionic_amd64.deb";
