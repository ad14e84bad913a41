import { AwsError } from "../../aws-error.ts";
import type { Clock } from "../../clock.ts";
import type { Random } from "../../random.ts";
import { type OperationContext, type Service, service } from "../../service.ts";
import type { Storage } from "../../storage/storage.ts";
import { openStoredMap } from "../../storage/stored-map.ts";
import { cloudFrontApi } from "./cloudfront-api.ts";
import { type CloudFrontOutput, cloudFrontProtocol } from "./cloudfront-protocol.ts";
import { type InvalidationBatch, type InvalidationBatchInput, readInvalidationBatch } from "./invalidation-batch.ts";

export interface CloudFrontOptions {
  readonly storage: Storage;
  readonly clock: Clock;
  readonly random: Random;
  readonly accountId: string;
}

interface CreateInput {
  readonly DistributionId: string;
  readonly InvalidationBatch: InvalidationBatchInput;
}

interface ListInput {
  readonly DistributionId: string;
  readonly Marker?: string;
  readonly MaxItems?: string;
}

interface Invalidation extends InvalidationBatch {
  readonly id: string;
  readonly distributionId: string;
  readonly createdMs: number;
}

/** How long an invalidation takes; on AWS it is about as much. */
const IN_PROGRESS_MS = 10_000;

/** In progress at a time, for one distribution. @see https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html#limits-invalidations */
const MOST_PATHS = 3000;
const MOST_WILDCARDS = 15;
const PAGE = 100;

/** CloudFront's invalidations. Every well-formed distribution id names a distribution: none of them serves anything here. */
export function cloudFront({ storage, clock, random, accountId }: CloudFrontOptions): Service {
  const invalidations = openStoredMap<Invalidation>(storage, "cloudfront/invalidations");
  const isInProgress = ({ createdMs }: Invalidation) => clock.now() < createdMs + IN_PROGRESS_MS;
  const statusOf = (invalidation: Invalidation) => (isInProgress(invalidation) ? "InProgress" : "Completed");
  const ofDistribution = (distributionId: string) =>
    [...invalidations.values()].filter((invalidation) => invalidation.distributionId === distributionId);
  const checkLimits = (distributionId: string, added: readonly string[]) => {
    const running = ofDistribution(distributionId).filter(isInProgress);
    const paths = [...running.flatMap((invalidation) => invalidation.paths), ...added];
    const wildcards = paths.filter((path) => path.endsWith("*"));
    if (wildcards.length <= MOST_WILDCARDS && paths.length - wildcards.length <= MOST_PATHS) return;
    const message =
      "Processing your request will cause you to exceed the maximum number of in-progress wildcard invalidations.";
    throw new AwsError("TooManyInvalidationsInProgress", message);
  };

  return service("cloudfront", {
    protocol: cloudFrontProtocol,
    api: cloudFrontApi,
    claims: ({ url }) => url.startsWith("/2020-05-31/"),
    operations: {
      /** A repeated caller reference answers the first invalidation, if it asks for the same. */
      CreateInvalidation(
        { DistributionId, InvalidationBatch }: CreateInput,
        { endpoint }: OperationContext,
      ): CloudFrontOutput {
        checkDistribution(DistributionId);
        const batch = readInvalidationBatch(InvalidationBatch);
        const known = ofDistribution(DistributionId).find(
          ({ callerReference }) => callerReference === batch.callerReference,
        );
        if (known !== undefined && !isSameBatch(known, batch)) {
          const message =
            "Your request contains a caller reference that was used for a previous invalidation batch for the same distribution.";
          throw new AwsError("InvalidArgument", message);
        }
        if (known === undefined) checkLimits(DistributionId, batch.paths);
        const invalidation = known ?? {
          ...batch,
          id: `I${random.hex(13).toUpperCase()}`,
          distributionId: DistributionId,
          createdMs: clock.now(),
        };
        if (known === undefined) invalidations.set(invalidation.id, invalidation);
        const location = `${endpoint}/2020-05-31/distribution/${DistributionId}/invalidation/${invalidation.id}`;
        return { status: 201, headers: { location }, ...render(invalidation, statusOf(invalidation)) };
      },

      GetInvalidation({ DistributionId, Id }: { DistributionId: string; Id: string }): CloudFrontOutput {
        checkDistribution(DistributionId);
        const found = invalidations.get(Id);
        if (found === undefined || found.distributionId !== DistributionId) {
          throw new AwsError("NoSuchInvalidation", "The specified invalidation does not exist.", { status: 404 });
        }
        return render(found, statusOf(found));
      },

      ListInvalidations({ DistributionId, Marker = "", MaxItems }: ListInput): CloudFrontOutput {
        checkDistribution(DistributionId);
        const newestFirst = ofDistribution(DistributionId).sort(
          (a, b) => b.createdMs - a.createdMs || (a.id < b.id ? -1 : 1),
        );
        const start = Marker === "" ? 0 : newestFirst.findIndex(({ id }) => id === Marker) + 1;
        const most = Number(MaxItems ?? PAGE);
        const page = newestFirst.slice(start, start + most);
        const isTruncated = start + most < newestFirst.length;
        const InvalidationSummary = page.map((invalidation) => ({
          Id: invalidation.id,
          CreateTime: new Date(invalidation.createdMs),
          Status: statusOf(invalidation),
        }));
        const content = {
          Marker,
          NextMarker: isTruncated ? page.at(-1)?.id : undefined,
          MaxItems: most,
          IsTruncated: isTruncated,
          Quantity: page.length,
          Items: { InvalidationSummary },
        };
        return { root: "InvalidationList", content };
      },

      GetDistribution({ Id }: { Id: string }): CloudFrontOutput {
        checkDistribution(Id);
        const content = {
          Id,
          ARN: `arn:aws:cloudfront::${accountId}:distribution/${Id}`,
          Status: "Deployed",
          LastModifiedTime: new Date(0),
          InProgressInvalidationBatches: ofDistribution(Id).filter(isInProgress).length,
          DomainName: `${Id.toLowerCase()}.cloudfront.net`,
        };
        return { headers: { etag: "E0LOCAL" }, root: "Distribution", content };
      },
    },
  });
}

function checkDistribution(id: string): void {
  if (/^E[A-Z0-9]{3,20}$/.test(id)) return;
  throw new AwsError("NoSuchDistribution", "The specified distribution does not exist.", { status: 404 });
}

function isSameBatch(a: InvalidationBatch, b: InvalidationBatch): boolean {
  return JSON.stringify([...a.paths].sort()) === JSON.stringify([...b.paths].sort());
}

function render(invalidation: Invalidation, status: string): Pick<CloudFrontOutput, "root" | "content"> {
  const { id, createdMs, callerReference, paths } = invalidation;
  const InvalidationBatch = {
    Paths: { Quantity: paths.length, Items: { Path: paths } },
    CallerReference: callerReference,
  };
  return {
    root: "Invalidation",
    content: { Id: id, Status: status, CreateTime: new Date(createdMs), InvalidationBatch },
  };
}
