export { type AnnouncementOptions, announcement } from "./announcement.ts";
export { type DebianBuild, debianBuild } from "./apt-location.ts";
export { type AptRepositoryOptions, aptRepository } from "./apt-repository.ts";
export { type ContainerImageOptions, containerImage } from "./container-image.ts";
export { type DebianPackageOptions, type DebianSource, debianPackage } from "./debian-package.ts";
export { type GithubReleaseOptions, githubRelease } from "./github-release.ts";
export {
  type InstallTestOptions,
  installTest,
  type PublishedTestOptions,
  type SmokeTestOptions,
  smokeTest,
} from "./install-test.ts";
export type { Program } from "./program.ts";
export type { RecipeOptions } from "./recipe-options.ts";
export { type RpmPackageOptions, rpmPackage } from "./rpm-package.ts";
export type { SigningKey } from "./signing-key.ts";
export { type SourceTarballOptions, sourceTarball } from "./source-tarball.ts";
export { type YumRepositoryOptions, yumRepository } from "./yum-repository.ts";
