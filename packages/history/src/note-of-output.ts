import { TaskSuccess } from "@muster/pipeline";
import { parseJson } from "./event-data.ts";
import { shownText } from "./shown-text.ts";

const Noted = TaskSuccess.partial();

/** What a script says of its own success, as it may stand within a line of a report; undefined where it says nothing. */
export function noteOf(output: string | undefined): string | undefined {
  const { note } = Noted.safeParse(parseJson(output)).data ?? {};
  return note === undefined ? undefined : shownText(note, { colours: false });
}
