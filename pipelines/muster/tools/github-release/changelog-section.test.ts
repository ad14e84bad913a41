import { describe, expect, test } from "vitest";
import { changelogSection, releaseChangelog } from "./changelog-section.ts";

const changelog = `# Changelog

## Unreleased

### Added

- What comes.

## 1.10.0 (2026-11-30)

### Fixed

- What was wrong.
  On two lines.

## 1.1.0 (2026-11-02)

### Added

## 1.0.0

- The first.
`;

test("a version's section is what stands between its heading and the next version's", () => {
  expect(changelogSection(changelog, "1.10.0")).toBe("### Fixed\n\n- What was wrong.\n  On two lines.\n");
  expect(changelogSection(changelog, "1.0.0")).toBe("- The first.\n");
});

test("a version without a section is refused, also where another's heading only looks like its own", () => {
  for (const version of ["1.10.1", "1.10", "10.0", "1.1.00", "1.1x0"])
    expect(() => changelogSection(changelog, version)).toThrow(`CHANGELOG.md has no section "## ${version} (<date>)"`);
});

test("a section of headings alone says nothing", () => {
  expect(() => changelogSection(changelog, "1.1.0")).toThrow("CHANGELOG.md says nothing of 1.1.0");
});

describe("a release of what was unreleased", () => {
  test("gives it a heading with version and date, and leaves an empty section above", () => {
    const released = releaseChangelog(changelog, { version: "2.0.0", date: "2026-12-01" });
    expect(released).toContain("\n## Unreleased\n\n## 2.0.0 (2026-12-01)\n\n### Added\n\n- What comes.\n\n## 1.10.0");
    expect(changelogSection(released, "2.0.0")).toBe("### Added\n\n- What comes.\n");
    expect(() => releaseChangelog(released, { version: "2.0.1", date: "2026-12-02" })).toThrow("says nothing of 2.0.1");
  });

  test("is refused for a version that has a section, and where nothing is unreleased", () => {
    expect(() => releaseChangelog(changelog, { version: "1.10.0", date: "2026-12-01" })).toThrow("already");
    expect(() => releaseChangelog("# Changelog\n", { version: "2.0.0", date: "2026-12-01" })).toThrow("Unreleased");
  });
});
