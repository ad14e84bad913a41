import { type Activity, activity, downloads, minutes, type Version } from "@muster/pipeline";
import { checkOptions, checkProgram } from "./check-options.ts";
import { isWithdrawn, type Program } from "./program.ts";
import { type RecipeOptions, SMALL, settled } from "./recipe-options.ts";

export interface AnnouncementOptions extends RecipeOptions {
  /** What is said of a version: a line or some. */
  readonly text: (version: Version) => string;
  /** A secret of AWS Secrets Manager that holds the URL to which `{ "text": … }` is posted, as chats take it; unused on one machine. */
  readonly webhook?: string;
  /** A URL that is none of these secrets, for example of a relay within the network. */
  readonly url?: string;
}

/** As `printf %b` has it, which makes the text of it again. */
const asLine = (text: string): string => text.replaceAll("\\", "\\\\").replaceAll("\n", "\\n");

const record = (program: Program, version: Version) => downloads(`announcements/${program.name}-${version}.txt`);

/**
 * One announcement of all versions that a build has made: posted by curl where an address is known, and published as
 * `announcements/<name>-<version>.txt`, so that no version is announced twice.
 */
export function announcement(program: Program, options: AnnouncementOptions): Activity<"build"> {
  checkProgram(program);
  checkOptions<AnnouncementOptions>("announcement", options, { text: true, webhook: true, url: true });
  const { webhook, url = "", text } = options;
  const told = (versions: readonly Version[]) => versions.filter((version) => !isWithdrawn(program, version));
  return activity({
    per: "build",
    ...settled(options, { name: "Announce", script: "announcement.sh", timeout: minutes(10), worker: SMALL }),
    exclusive: true,
    publishes: ({ versions }) => told(versions).map((version) => record(program, version)),
    withdraw: { kind: "impossible", reason: "it was read: say in the same place that the version is withdrawn" },
    shouldRun: async ({ versions }) =>
      told(versions).length > 0 ? undefined : { run: false, reason: "all versions of this build are withdrawn" },
    env: ({ versions }) => ({
      ANNOUNCED: told(versions)
        .map((version) => `${record(program, version).key}\t${asLine(text(version))}`)
        .join("\n"),
      WEBHOOK_SECRET: webhook ?? "",
      WEBHOOK_URL: url,
    }),
    access: { reads: [downloads("announcements/")], writes: [downloads("announcements/")] },
    ...(webhook !== undefined && { secrets: [{ kind: "secrets-manager", name: webhook }] }),
  });
}
