import { expect, test } from "vitest";
import type { Place } from "../place.ts";
import { whereItFailed } from "./where-it-failed.ts";

const version = (name: string): Place => ({ per: "version", version: name });
const at = (name: string, ...platforms: string[]): Place[] =>
  platforms.map((platform) => ({ per: "platform", version: name, platform }));
const three = ["debian", "fedora", "ubuntu"];

test.each<[string, readonly Place[], readonly Place[]]>([
  ["", [{ per: "build" }], [{ per: "build" }]],
  ["for 1.2.3", [version("1.2.3")], [version("1.2.3")]],
  ["for 1.2.3 alone of 2 versions", [version("1.2.3")], [version("1.2.3"), version("1.2.4")]],
  ["for all 2 versions", [version("1"), version("2")], [version("1"), version("2")]],
  ["on debian", at("1", "debian"), at("1", "debian")],
  ["on debian alone of 3 platforms", at("1", "debian"), at("1", ...three)],
  ["on 2 of 3 platforms", at("1", "debian", "ubuntu"), at("1", ...three)],
  ["on all 3 platforms", at("1", ...three), at("1", ...three)],
  ["on 1 debian alone of 6 tasks", at("1", "debian"), [...at("1", ...three), ...at("2", ...three)]],
  [
    "in 2 of 6 tasks, all of debian",
    [...at("1", "debian"), ...at("2", "debian")],
    [...at("1", ...three), ...at("2", ...three)],
  ],
  ["in 3 of 6 tasks, all of 2", at("2", ...three), [...at("1", ...three), ...at("2", ...three)]],
  ["in 2 of 6 tasks", [...at("1", "debian"), ...at("2", "fedora")], [...at("1", ...three), ...at("2", ...three)]],
  ["in all 2 tasks", [...at("1", "debian"), ...at("2", "debian")], [...at("1", "debian"), ...at("2", "debian")]],
  // Its preparation failed: nothing ran.
  ["on all 2 platforms", at("1", "debian", "ubuntu"), []],
])("%j", (words, failed, ran) => expect(whereItFailed(failed, ran)).toBe(words));
