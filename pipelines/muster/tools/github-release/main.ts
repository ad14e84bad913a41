import { readFile, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { MusterError } from "@muster/pipeline";
import { packPackages, tarballNames } from "../npm-packages/pack-packages.ts";
import { changelogSection, releaseChangelog } from "./changelog-section.ts";
import { collectAssets, type ReleaseArchitecture, releaseArchitectures } from "./collect-assets.ts";
import { checkVersion, releaseVersion, writeVersion } from "./release-version.ts";

/**
 * What the release workflow runs, and a person before it, `node tools/github-release/main.ts <command>`:
 *   prepare <version>   writes the version into every manifest, and dates the changelog's unreleased section
 *   check <tag>         fails unless every manifest has the tag's version, and the changelog a section of it
 *   notes <tag>         that section: the release's text
 *   assets <tag> <folder> <architectures> <source>…
 *                       the release's files out of the sources into the folder, with their SHA256SUMS, whose own SHA-256
 *                       it prints; architectures as Debian names them: amd64,arm64
 *   npm <repository> <folder>
 *                       packs every package that npm gets into the folder; the repository is its address
 */
const repository = resolve(import.meta.dirname, "../../../..");
const changelogFile = join(repository, "CHANGELOG.md");
const [command, word = "", ...rest] = process.argv.slice(2);

async function answer(): Promise<string> {
  const changelog = await readFile(changelogFile, "utf8");
  switch (command) {
    case "prepare": {
      const version = checkVersion(word);
      const [date = ""] = new Date().toISOString().split("T");
      const released = releaseChangelog(changelog, { version, date });
      await writeVersion(version, repository);
      await writeFile(changelogFile, released);
      return `${version} stands in every package.json and in CHANGELOG.md: once that is on main, tag it v${version}\n`;
    }
    case "check": {
      const version = await releaseVersion(word, repository);
      changelogSection(changelog, version);
      return `${version} can be released\n`;
    }
    case "notes":
      return changelogSection(changelog, await releaseVersion(word, repository));
    case "assets": {
      const [folder = "", architectures = "", ...sources] = rest;
      const version = await releaseVersion(word, repository);
      const packages = await tarballNames(repository);
      return `${await collectAssets(sources, { version, folder, packages, architectures: architecturesOf(architectures) })}\n`;
    }
    case "npm": {
      const [folder = ""] = rest;
      const packed = await packPackages(repository, { repository: word, out: resolve(folder) });
      return packed.map(({ name, version, file }) => `${name}@${version}  ${file}\n`).join("");
    }
    default:
      throw new MusterError(`there is no command "${command ?? ""}"`, { hint: "prepare, check, notes, assets, npm" });
  }
}

function architecturesOf(text: string): ReleaseArchitecture[] {
  const names = text.split(",");
  const known = releaseArchitectures.filter((name) => names.includes(name));
  if (known.length === names.length) return known;
  throw new MusterError(`"${text}" are no architectures of a release`, { hint: releaseArchitectures.join(",") });
}

try {
  process.stdout.write(await answer());
} catch (error) {
  if (!(error instanceof MusterError)) throw error;
  process.stderr.write(`release: ${error.message}${error.hint ? `\n  ${error.hint}` : ""}\n`);
  process.exitCode = 1;
}
