const VPC = "https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html";
const CLOUDFRONT = "https://docs.aws.amazon.com/general/latest/gr/cf_region.html";
const IAM = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html";

/** How many of a type an account may have, before it asks for more: in a region, of IAM's and CloudFront's in all. Those alone that a few stages could use up. */
export const DEFAULT_QUOTAS: Readonly<Record<string, { readonly most: number; readonly source: string }>> = {
  aws_vpc: { most: 5, source: VPC },
  aws_internet_gateway: { most: 5, source: VPC },
  aws_eip: { most: 5, source: VPC },
  // Of a zone.
  aws_nat_gateway: { most: 5, source: VPC },
  aws_subnet: { most: 200, source: VPC },
  aws_cloudfront_cache_policy: { most: 20, source: CLOUDFRONT },
  aws_cloudfront_origin_access_control: { most: 100, source: CLOUDFRONT },
  aws_cloudfront_distribution: { most: 200, source: CLOUDFRONT },
  aws_iam_role: { most: 1000, source: IAM },
  aws_iam_policy: { most: 1500, source: IAM },
  aws_iam_instance_profile: { most: 1000, source: IAM },
  aws_cloudwatch_metric_alarm: {
    most: 5000,
    source: "https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_limits.html",
  },
  // Of a bus, in the regions that have the fewest.
  aws_cloudwatch_event_rule: {
    most: 100,
    source: "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html",
  },
};
