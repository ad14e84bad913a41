import { posix } from "node:path";
import type { Origin } from "./published-manifest.ts";

/** A README as npm shows it: what it links to in the repository is linked by address, at the version's tag. */
export function publishedReadme(
  text: string,
  { origin: { repository, directory }, version }: { origin: Origin; version: string },
): string {
  return text.replaceAll(/\]\((?!https?:|#)([^)\s]+)\)/g, (_, target: string) => {
    const path = posix.normalize(posix.join(directory, target));
    return `](${repository}/blob/v${version}/${path})`;
  });
}
