import type { PageFacts } from "@muster/history";
import type { Pipeline, StageDescription } from "@muster/pipeline";
import { stateKey } from "@muster/records";
import { listedPrice } from "../workers/hourly-price.ts";

/** What a page about a build tells of the stage that it was on: what its machines cost on demand, and where its attempts' records are. */
export function stageOfPage(
  { activities }: Pick<Pipeline, "activities">,
  stage: StageDescription,
  build: string,
): Pick<PageFacts, "prices" | "records"> {
  const { region, buckets, downloadsUrl } = stage;
  const folderOf = (task: string) => stateKey.attemptsAt(build, task);
  if (stage.stage === "local")
    return { records: (task) => new URL(`${buckets.state}/${folderOf(task)}`, downloadsUrl).href };
  const priced = activities.flatMap(({ name, worker }): [string, number][] => {
    const price = worker.pricePerHour ?? listedPrice(worker.instanceTypes[0]);
    return price === undefined ? [] : [[name, price]];
  });
  const bucket = `https://${region}.console.${domainOf(region)}/s3/buckets/${buckets.state}?region=${region}`;
  return {
    prices: new Map(priced),
    records: (task) => `${bucket}&prefix=${encodeURIComponent(folderOf(task))}`,
  };
}

/** @see https://docs.aws.amazon.com/general/latest/gr/console-service.html */
function domainOf(region: string): string {
  if (region.startsWith("cn-")) return "amazonaws.cn";
  return region.startsWith("us-gov-") ? "amazonaws-us-gov.com" : "aws.amazon.com";
}
