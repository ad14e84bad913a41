import type { BuildStatus, Decision, Platform } from "@muster/pipeline";

/** How far something has come that a repository may have. */
export interface Publishable {
  /** `hello`, `hello hello-doc` */
  readonly what: string;
  readonly platform: Platform;
  readonly withdrawn: boolean;
  readonly state: Promise<BuildStatus>;
}

/** A repository is written while something is built and not published, or published and withdrawn. */
export async function dueToPublish(publishable: readonly Publishable[]): Promise<Decision> {
  const found = await Promise.all(publishable.map(async (each) => ({ ...each, state: await each.state })));
  const say = (which: typeof found, why: string) =>
    `${which.map(({ what, platform }) => `${what} on ${platform}`).join(", ")}: ${why}`;
  const published = found.filter(({ state }) => state === "succeeded");
  const toWithdraw = published.filter(({ withdrawn }) => withdrawn);
  if (toWithdraw.length > 0) return { run: true, reason: say(toWithdraw, "published, and withdrawn") };
  const waiting = found.filter(({ state, withdrawn }) => state === "built_not_published" && !withdrawn);
  if (waiting.length > 0) return { run: true, reason: say(waiting, "built, not published") };
  if (published.length > 0) return { run: false, reason: say(published, "published") };
  return { run: false, reason: "nothing is built that could be published here" };
}
