import { nearestWord, type Pipeline, type StageDescription, secretOf } from "@muster/pipeline";
import { UsageError } from "../../usage-error.ts";

/**
 * Whom builds on this machine tell: nobody, as long as nobody says so.
 * @param wanted names apart by commas, or `all`
 * @throws UsageError for one that the pipeline does not notify
 */
export function notifiedHere(
  { name: pipeline, notifies = [] }: Pipeline,
  wanted: string | undefined,
): NonNullable<StageDescription["notifies"]> {
  const names = (wanted ?? "").split(",").map((name) => name.trim());
  const known = notifies.map(({ name }) => name);
  for (const name of names) {
    if (name === "" || name === "all" || known.includes(name)) continue;
    const nearest = nearestWord(name, [...known, "all"]);
    throw new UsageError(`MUSTER_NOTIFY names "${name}", which is no notification of the pipeline ${pipeline}`, {
      hint: nearest === undefined ? `it has ${known.join(", ") || "none"}` : `did you mean ${nearest}?`,
    });
  }
  const told = notifies.filter(({ name }) => names.includes("all") || names.includes(name));
  return Object.fromEntries(
    told.map((notification) => {
      const secret = secretOf(notification);
      return [notification.name, secret === undefined ? {} : { secret }];
    }),
  );
}
