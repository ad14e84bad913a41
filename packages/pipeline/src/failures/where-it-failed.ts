import { type Place, placeWords } from "../place.ts";
import { counted } from "./counted.ts";

/**
 * Where of all places where a step ran it failed, as a sentence goes on: `on all 6 platforms`, `on debian-12-bookworm alone of 6 platforms`,
 * `for 2 of 3 versions`; nothing for a step of the build's own.
 * @param failed at least one of `ran`, which are of one kind
 */
export function whereItFailed(failed: readonly Place[], ran: readonly Place[]): string {
  const [first] = failed;
  switch (first?.per) {
    case undefined:
    case "build":
      return "";
    case "version":
      return amongPlaces({ failed, ran, preposition: "for", noun: "version", name: first.version });
    case "platform": {
      if (distinct([...ran, ...failed], versionOf) === 1)
        return amongPlaces({ failed, ran, preposition: "on", noun: "platform", name: first.platform });
      return amongTasks(first, failed, ran);
    }
  }
}

interface Among {
  readonly failed: readonly Place[];
  readonly ran: readonly Place[];
  readonly preposition: string;
  readonly noun: string;
  readonly name: string;
}

function amongPlaces({ failed, ran, preposition, noun, name }: Among): string {
  const all = Math.max(ran.length, failed.length);
  if (all === 1) return `${preposition} ${name}`;
  if (failed.length === 1) return `${preposition} ${name} alone of ${counted(all, noun)}`;
  return `${preposition} ${share(failed.length, all)} ${noun}s`;
}

/** Of several versions' platforms. */
function amongTasks(first: Place & { per: "platform" }, failed: readonly Place[], ran: readonly Place[]): string {
  const all = Math.max(ran.length, failed.length);
  if (failed.length === 1) return `on ${placeWords(first).join(" ")} alone of ${counted(all, "task")}`;
  const common = failed.length === all ? undefined : commonName(first, failed);
  return `in ${share(failed.length, all)} tasks${common === undefined ? "" : `, all of ${common}`}`;
}

function commonName(first: Place & { per: "platform" }, failed: readonly Place[]): string | undefined {
  if (distinct(failed, platformOf) === 1) return first.platform;
  return distinct(failed, versionOf) === 1 ? first.version : undefined;
}

const share = (part: number, all: number): string => (part === all ? `all ${all}` : `${part} of ${all}`);
const versionOf = (place: Place): string | undefined => placeWords(place)[0];
const platformOf = (place: Place): string | undefined => placeWords(place)[1];
const distinct = (places: readonly Place[], of: (place: Place) => string | undefined): number =>
  new Set(places.map(of)).size;
