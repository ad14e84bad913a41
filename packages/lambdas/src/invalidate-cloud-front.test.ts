import { GetInvalidationCommand, ListInvalidationsCommand } from "@aws-sdk/client-cloudfront";
import { expect, test } from "vitest";
import { launchWorld } from "../test/launch-world.ts";

type World = Awaited<ReturnType<typeof launchWorld>>;
const invalidate = (world: World, build = "build-1") =>
  world.call("InvalidateCloudFront", {
    results: {},
    buildInput: { versions: ["1.2.3"], platforms: [], activities: [], debug: "" },
    execution: world.context(build),
  });
const list = async ({ clients, stage }: World) =>
  (await clients.cloudfront.send(new ListInvalidationsCommand({ DistributionId: stage.distributionId })))
    .InvalidationList?.Items ?? [];

test("the pipeline's paths are fetched anew, once a build, however often the step is retried", async () => {
  await using world = await launchWorld();
  const { invalidations } = (await invalidate(world)) as { invalidations: string[] };
  expect(await invalidate(world)).toEqual({ invalidations });
  expect(await list(world)).toHaveLength(1);
  const { Invalidation } = await world.clients.cloudfront.send(
    new GetInvalidationCommand({ DistributionId: world.stage.distributionId, Id: invalidations[0] }),
  );
  expect(Invalidation?.InvalidationBatch?.Paths?.Items).toEqual(["/debian/dists/*", "/ubuntu/dists/*"]);
  await invalidate(world, "build-2");
  expect(await list(world)).toHaveLength(2);
});

test("a stage without a distribution has nothing to invalidate", async () => {
  await using world = await launchWorld({ distribution: false });
  expect(await invalidate(world)).toEqual({ note: "this stage has no distribution" });
});
