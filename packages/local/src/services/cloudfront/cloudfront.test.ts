import {
  CloudFrontClient,
  CreateInvalidationCommand,
  GetDistributionCommand,
  GetInvalidationCommand,
  ListInvalidationsCommand,
} from "@aws-sdk/client-cloudfront";
import { afterEach, beforeEach, expect, test } from "vitest";
import { virtualClock } from "../../clock.ts";
import { createLocalAws, type LocalAws } from "../../local-aws.ts";

const DistributionId = "EMUSTERLOCAL";

let clock = virtualClock();
let aws: LocalAws;
let cloudFront: CloudFrontClient;

beforeEach(() => {
  clock = virtualClock();
  aws = createLocalAws({ clock });
  cloudFront = new CloudFrontClient({ ...aws.clientConfig(), maxAttempts: 1 });
});

afterEach(() => aws.close());

const failure = (promise: Promise<unknown>) =>
  promise.then(
    () => "no failure",
    (error: Error) => error.name,
  );
const invalidate = (CallerReference: string, Items: string[], id = DistributionId) =>
  cloudFront.send(
    new CreateInvalidationCommand({
      DistributionId: id,
      InvalidationBatch: { CallerReference, Paths: { Quantity: Items.length, Items } },
    }),
  );

test("an invalidation is in progress, then completed, and can be found again", async () => {
  const { Invalidation, Location } = await invalidate("a", ["/debian/dists/*", "/index.html"]);
  expect(Location).toContain(`/distribution/${DistributionId}/invalidation/${Invalidation?.Id}`);
  const get = async () =>
    (await cloudFront.send(new GetInvalidationCommand({ DistributionId, Id: Invalidation?.Id }))).Invalidation;
  expect(await get()).toMatchObject({
    Status: "InProgress",
    InvalidationBatch: { CallerReference: "a", Paths: { Quantity: 2, Items: ["/debian/dists/*", "/index.html"] } },
  });
  const distribution = await cloudFront.send(new GetDistributionCommand({ Id: DistributionId }));
  expect(distribution.Distribution).toMatchObject({ Id: DistributionId, InProgressInvalidationBatches: 1 });
  clock.advance(10_000);
  expect((await get())?.Status).toBe("Completed");
});

test("a repeated caller reference is the same invalidation, and with other paths an error", async () => {
  const first = await invalidate("a", ["/x", "/y"]);
  const again = await invalidate("a", ["/y", "/x"]);
  expect(again.Invalidation?.Id).toBe(first.Invalidation?.Id);
  expect(await failure(invalidate("a", ["/z"]))).toBe("InvalidArgument");
});

test("CloudFront's limits: fifteen wildcards and three thousand paths in progress, per distribution", async () => {
  const wildcards = Array.from({ length: 15 }, (_, index) => `/${index}/*`);
  await invalidate("wildcards", wildcards);
  expect(await failure(invalidate("one more", ["/more/*"]))).toBe("TooManyInvalidationsInProgress");
  expect(await failure(invalidate("elsewhere", ["/more/*"], "EOTHER"))).toBe("no failure");
  const paths = Array.from({ length: 3000 }, (_, index) => `/${index}`);
  await invalidate("paths", paths);
  expect(await failure(invalidate("one path more", ["/more"]))).toBe("TooManyInvalidationsInProgress");
  clock.advance(10_000);
  expect(await failure(invalidate("later", ["/more/*"]))).toBe("no failure");
});

test("paths that CloudFront refuses", async () => {
  for (const path of ["no-slash", "/a*b", "/with space", `/${"x".repeat(4000)}`]) {
    expect([path.slice(0, 12), await failure(invalidate(path.slice(0, 20), [path]))]).toEqual([
      path.slice(0, 12),
      "InvalidArgument",
    ]);
  }
  expect(await failure(invalidate("none", []))).toBe("InvalidArgument");
  const wrongQuantity = new CreateInvalidationCommand({
    DistributionId,
    InvalidationBatch: { CallerReference: "q", Paths: { Quantity: 2, Items: ["/a"] } },
  });
  expect(await failure(cloudFront.send(wrongQuantity))).toBe("InconsistentQuantities");
  expect(await failure(invalidate("a", ["/a"], "nope"))).toBe("NoSuchDistribution");
});

test("invalidations are listed, newest first, by pages", async () => {
  for (const name of ["a", "b", "c"]) {
    await invalidate(name, [`/${name}`]);
    clock.advance(1000);
  }
  const list = (Marker?: string) =>
    cloudFront.send(
      new ListInvalidationsCommand({ DistributionId, MaxItems: 2, ...(Marker !== undefined && { Marker }) }),
    );
  const first = await list();
  expect(first.InvalidationList).toMatchObject({ Quantity: 2, IsTruncated: true });
  const second = await list(first.InvalidationList?.NextMarker);
  expect(second.InvalidationList).toMatchObject({ Quantity: 1, IsTruncated: false });
});
