import { GetObjectCommand } from "@aws-sdk/client-s3";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import type { ExitCode } from "../command.ts";
import type { Context } from "../context.ts";
import { findBuild } from "../history/find-build.ts";
import { parseSpan } from "../parse-span.ts";
import type { Stage } from "../stages/stage.ts";
import { UsageError } from "../usage-error.ts";
import { findKeptPage, uriOf } from "./kept-page.ts";

/** What `muster report --share --json` prints. */
export interface SharedPageJson {
  /** The build's name. */
  readonly name: string;
  /** S3 URI of its page. */
  readonly page: string;
  /** Whoever has it reads the page, until it expires. */
  readonly url: string;
  /** When it expires, ISO 8601: after the span, or with the credentials that signed it where these expire before. */
  readonly expiresAt: string;
  /** When the credentials that signed it expire, ISO 8601; null where they do not, or do not say. */
  readonly credentialsExpireAt: string | null;
  /** Whether the link may end sooner: the credentials are a session's, and do not say when that ends. */
  readonly mayExpireSooner: boolean;
}

/** The longest that S3 signs for. @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-presigned-url.html */
const MOST_MS = 7 * 86_400_000;

/** Prints a link to the page that was kept of a build, which ends by itself. */
export async function sharePage(
  { build, share }: { build: string | undefined; share: string },
  { openStage, print, globals }: Context,
): Promise<ExitCode> {
  const spanMs = parseShare(share);
  const stage = await openStage({ to: "read" });
  refuseUnserved(stage);
  const summary = await findBuild(stage, build);
  const page = await findKeptPage(stage, summary, globals);
  const s3 = await stage.s3();
  const { expiration, sessionToken } = await s3.config.credentials();
  const nowMs = Date.now();
  const url = await getSignedUrl(s3, new GetObjectCommand({ Bucket: page.bucket, Key: page.key }), {
    expiresIn: Math.floor(spanMs / 1000),
  });
  const askedMs = nowMs + spanMs;
  const endMs = Math.min(askedMs, expiration?.getTime() ?? askedMs);
  const link: SharedPageJson = {
    name: summary.name,
    page: uriOf(page),
    url,
    expiresAt: new Date(endMs).toISOString(),
    credentialsExpireAt: expiration?.toISOString() ?? null,
    mayExpireSooner: expiration === undefined && sessionToken !== undefined,
  };
  if (globals.json) print.json(link);
  else {
    print.report(url);
    print.note(whenItEnds(link, { isShorter: endMs < askedMs, share }));
    if (stage.movedBy !== "aws") print.note("on this machine alone, while its endpoint is up");
  }
  return 0;
}

function whenItEnds(
  { expiresAt, mayExpireSooner }: SharedPageJson,
  { isShorter, share }: { isShorter: boolean; share: string },
): string {
  const until = `whoever has the link reads the page until ${expiresAt.slice(0, 16).replace("T", " ")} UTC`;
  if (isShorter) return `${until}, when the credentials expire that signed it, and not for ${share}`;
  if (mayExpireSooner)
    return `${until} at the latest: it ends with the session that signed it, which does not say when that is`;
  return until;
}

/** In milliseconds. @throws UsageError for what is no span, or none that S3 signs for */
function parseShare(share: string): number {
  const spanMs = parseSpan(share);
  if (spanMs === undefined || spanMs < 1000)
    throw new UsageError(`--share "${share}" is no span`, { hint: "how long the link is good for: 30m, 24h, 7d" });
  if (spanMs > MOST_MS)
    throw new UsageError(`--share "${share}" is longer than S3 signs a link for`, { hint: "7d is the longest" });
  return spanMs;
}

function refuseUnserved({ movedBy }: Pick<Stage, "movedBy">): void {
  if (movedBy !== "nobody") return;
  throw new UsageError("nothing serves the objects of this machine, so that no link to them would lead anywhere", {
    hint: "muster local serves them; --html FILE writes the page, and muster status --serve shows it",
  });
}
