import * as z from "zod";
import { unreachable } from "./unreachable.ts";

const Named = z.discriminatedUnion("per", [
  z.object({ per: z.literal("build") }),
  z.object({ per: z.literal("version"), version: z.string() }),
  z.object({ per: z.literal("platform"), version: z.string(), platform: z.string() }),
]);

/** Where in a build something happens: in the build as a whole, for a version, for a platform of a version. */
export type Place = z.infer<typeof Named>;

/** What names a place of each kind, the most particular kind first. */
const nameFields = {
  platform: ["version", "platform"],
  version: ["version"],
  build: [],
} as const satisfies Record<Place["per"], readonly string[]>;

/**
 * A place as data hold it. States' data, and tasks of functions that knew no `per`, have none: what they name tells it.
 * Whatever else is there is left out.
 */
export const Place = z.preprocess((data) => {
  if (typeof data !== "object" || data === null || "per" in data) return data;
  const isNamed = (field: string) => (data as Record<string, unknown>)[field] !== undefined;
  const per = Object.entries(nameFields).find(([, fields]) => fields.every(isNamed))?.[0];
  return { ...data, per };
}, Named);

/** What a place is called, its version first: nothing for the build as a whole. */
export function placeWords(place: Place): readonly string[] {
  switch (place.per) {
    case "build":
      return [];
    case "version":
      return [place.version];
    case "platform":
      return [place.version, place.platform];
    default:
      return unreachable(place);
  }
}

/** A place's cells in a table that has a column for versions and one for platforms. */
export function placeCells(place: Place): [version: string, platform: string] {
  const [version = "", platform = ""] = placeWords(place);
  return [version, platform];
}
