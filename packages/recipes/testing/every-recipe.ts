import { type Activity, downloads, semver } from "@muster/pipeline";
import {
  announcement,
  aptRepository,
  containerImage,
  debianPackage,
  githubRelease,
  installTest,
  type Program,
  rpmPackage,
  type SigningKey,
  smokeTest,
  sourceTarball,
  yumRepository,
} from "../src/index.ts";

/** 1.1.0 is withdrawn. */
export const hello: Program = {
  name: "hello",
  withdrawn: ["1.1.0"],
  versions: semver(),
};
const key: SigningKey = { name: "hello", from: { kind: "generated" } };

/** One activity of each recipe. */
export const everyRecipe: readonly Activity[] = [
  sourceTarball(hello, { key, publish: "source" }),
  debianPackage(hello, { ccache: true }),
  rpmPackage(hello),
  aptRepository([hello], { key, validDays: 90 }),
  yumRepository([hello], { key }),
  installTest(hello, { key, run: "hello --version" }),
  smokeTest(hello, { key, script: "smoke.sh" }),
  containerImage(hello, { repository: "ghcr.io/example/hello" }),
  githubRelease(hello, {
    repository: "example/hello",
    files: (version) => [downloads(`source/hello-${version}.tar.gz`)],
  }),
  announcement(hello, { text: (version) => `hello ${version} is out` }),
];
