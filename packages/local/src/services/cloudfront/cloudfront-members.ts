import { type ServiceMembers, whole, within, working } from "../../protocol/member-rules.ts";

/** What CloudFront takes here. @see https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_Operations.html */
export const CLOUDFRONT_MEMBERS: ServiceMembers = {
  CreateInvalidation: {
    ...working("DistributionId"),
    ...within("InvalidationBatch", working("CallerReference", "Paths.Quantity", "Paths.Items")),
  },
  GetInvalidation: working("DistributionId", "Id"),
  ListInvalidations: { ...working("DistributionId", "Marker"), MaxItems: whole(1, 100) },
  GetDistribution: working("Id"),
};
