import type { VersionMatrix } from "@muster/lambdas";
import { type Area, recordedCases } from "../difference.ts";
import type { HhvmWorld } from "../hhvm-world.ts";

interface Case {
  readonly version: string;
  /** URLs of what there was. */
  readonly objects: readonly string[];
  readonly answer: { readonly succeeded: readonly string[]; readonly failed: readonly string[] };
}

/** By what is published: the source tarball, its signature, the package of each platform. */
type Answer = Readonly<Record<string, string>>;

const TARGETS = "debian-10-buster\nubuntu-18.04-bionic\n";

/** The artifacts by which Muster's matrix shows the source of a version. */
const sourceOf = (version: string) => (/^\d{4}\./.test(version) ? "MakeSourceTarball" : "PublishSourceTarball");

/** How far a version has come. */
export const buildStatus = (world: HhvmWorld): Area<Case, Answer> => ({
  cases: recordedCases<Case>("build-status.json"),
  predecessor: ({ answer: { succeeded, failed } }) =>
    Object.fromEntries([...succeeded.map((name) => [name, "succeeded"]), ...failed.map((name) => [name, "failed"])]),
  async muster({ version, objects }) {
    await world.holds({ objects, targets: { [version]: TARGETS } });
    const { cells } = (await world.call("BuildStatus", { version })) as VersionMatrix;
    return Object.fromEntries(
      cells.flatMap((cell) => {
        if (cell.activity === sourceOf(version)) return [["source", cell.status]];
        return cell.per === "platform" ? [[cell.platform, cell.status]] : [];
      }),
    );
  },
  differences: [
    {
      row: "macOS",
      turns: (answer) => Object.fromEntries(Object.entries(answer).filter(([name]) => !name.startsWith("macos-"))),
    },
    {
      row: "status of a version",
      turns({ source_gpg: signature, ...answer }, { version }, muster) {
        // A release's tarball and signature are published by one step; a nightly's signature is there before its tarball.
        const both =
          sourceOf(version) === "MakeSourceTarball" ? answer.source : signature === "failed" ? "failed" : answer.source;
        const finer = ([name, status]: [string, string | undefined]) => [
          name,
          status === "failed" && muster[name] !== "succeeded" ? muster[name] : status,
        ];
        return Object.fromEntries(Object.entries({ ...answer, source: both }).map(finer));
      },
    },
  ],
});
