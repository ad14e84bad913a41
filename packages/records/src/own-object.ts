/** By this metadata of an object in a bucket of others it is known that Muster wrote it, for itself. */
const OWN = "muster-own";

/** Of an index page. */
export const indexPageMetadata: Readonly<Record<string, string>> = { [OWN]: "index-page" };

/** What Muster writes for itself is no evidence of anything, and gives way to what a pipeline publishes there. */
export const isMustersOwn = (metadata: Readonly<Record<string, string>> | undefined): boolean =>
  metadata !== undefined && OWN in metadata;
