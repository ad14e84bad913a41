import { MusterError } from "@muster/pipeline";

const UNRELEASED = "## Unreleased\n";

const heading = (version: string) =>
  new RegExp(`^## ${version.replaceAll(".", "\\.")}(?: \\(\\d{4}-\\d\\d-\\d\\d\\))?$`, "m");

/**
 * What CHANGELOG.md says of one version: the text between its heading, `## 1.2.3 (2026-11-30)`, and the next version's.
 * @throws MusterError where there is no such heading, or nothing but headings under it
 */
export function changelogSection(changelog: string, version: string): string {
  const found = heading(version).exec(changelog);
  if (found === null) {
    throw new MusterError(`CHANGELOG.md has no section "## ${version} (<date>)"`, {
      hint: `pnpm --filter pipeline-muster release prepare ${version} makes one of what is under "Unreleased"`,
    });
  }
  const [section = ""] = changelog.slice(found.index + found[0].length).split(/^## /m);
  const says = section.split("\n").some((line) => line.trim() !== "" && !line.startsWith("#"));
  if (!says)
    throw new MusterError(`CHANGELOG.md says nothing of ${version}`, { hint: "a release tells what it changes" });
  return `${section.trim()}\n`;
}

/**
 * The changelog with what was unreleased under a version's heading, and an empty "Unreleased" above it.
 * @param date `2026-11-30`
 * @throws MusterError where nothing is unreleased, or the version has a section already
 */
export function releaseChangelog(changelog: string, { version, date }: { version: string; date: string }): string {
  if (heading(version).test(changelog)) throw new MusterError(`CHANGELOG.md has a section of ${version} already`);
  const released = changelog.replace(UNRELEASED, () => `${UNRELEASED}\n## ${version} (${date})\n`);
  if (released === changelog) throw new MusterError('CHANGELOG.md has no section "Unreleased"');
  changelogSection(released, version);
  return released;
}
