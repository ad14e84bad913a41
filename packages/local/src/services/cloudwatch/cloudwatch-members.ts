import { ignored, oneOf, only, type ServiceMembers, whole, within, working } from "../../protocol/member-rules.ts";

const DIMENSIONS = working("Dimensions.Name", "Dimensions.Value");

/** What CloudWatch takes here. @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_Operations.html */
export const CLOUDWATCH_MEMBERS: ServiceMembers = {
  PutMetricData: {
    ...working("Namespace"),
    ...within("MetricData", {
      ...working("MetricName", "Timestamp", "Value", "Values", "Counts"),
      ...DIMENSIONS,
      ...within("StatisticValues", working("SampleCount", "Sum", "Minimum", "Maximum")),
      Unit: ignored("only a choice by unit tells it, and that is refused"),
      StorageResolution: ignored("data is kept as it came, in every resolution"),
    }),
  },
  GetMetricData: {
    ...working("StartTime", "EndTime"),
    ...within("MetricDataQueries", {
      ...working("Id", "Label"),
      ReturnData: only("true"),
      ...within("MetricStat", {
        ...working("Stat"),
        Period: whole(1, 31_536_000),
        ...within("Metric", { ...working("Namespace", "MetricName"), ...DIMENSIONS }),
      }),
    }),
    ScanBy: oneOf("TimestampDescending", "TimestampAscending"),
  },
  ListMetrics: { ...working("Namespace", "MetricName"), ...DIMENSIONS, IncludeLinkedAccounts: only("false") },
};
