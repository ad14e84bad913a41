import { apiModel } from "../protocol/api-model.ts";

/** Written by `pnpm --filter local api-models` from the model in the SDK's client. */
export const cloudwatchModel = apiModel({
  operations: `
AssociateDatasetKmsKey CreateResourceMetricsConfiguration DeleteAlarmMuteRule DeleteAlarms DeleteAnomalyDetector
DeleteDashboards DeleteInsightRules DeleteMetricStream DeleteResourceMetricsConfiguration DescribeAlarmContributors
DescribeAlarmHistory DescribeAlarms DescribeAlarmsForMetric DescribeAnomalyDetectors DescribeInsightRules
DisableAlarmActions DisableInsightRules DisassociateDatasetKmsKey EnableAlarmActions EnableInsightRules GetAlarmMuteRule
GetDashboard GetDataset GetInsightRuleReport GetMetricData GetMetricStatistics GetMetricStream GetMetricWidgetImage
GetOTelEnrichment GetResourceMetricsConfiguration ListAlarmMuteRules ListDashboards ListManagedInsightRules
ListMetricStreams ListMetrics ListTagsForResource PutAlarmMuteRule PutAnomalyDetector PutCompositeAlarm PutDashboard
PutInsightRule PutLogAlarm PutManagedInsightRules PutMetricAlarm PutMetricData PutMetricStream SetAlarmState
StartMetricStreams StartOTelEnrichment StopMetricStreams StopOTelEnrichment TagResource UntagResource
UpdateOTelEnrichment UpdateResourceMetricsConfiguration
`,
  structures: `
GetMetricData: MetricDataQueries!:MetricDataQuery[] StartTime!:timestamp EndTime!:timestamp NextToken ScanBy
  MaxDatapoints:number LabelOptions:LabelOptions
MetricDataQuery: Id! MetricStat:MetricStat Expression Label ReturnData:boolean Period:number AccountId
MetricStat: Metric!:Metric Period!:number Stat! Unit
Metric: Namespace MetricName Dimensions:Dimension[]
Dimension: Name! Value!
LabelOptions: Timezone
ListMetrics: Namespace MetricName Dimensions:DimensionFilter[] NextToken RecentlyActive IncludeLinkedAccounts:boolean
  OwningAccount
DimensionFilter: Name! Value
PutMetricData: Namespace! MetricData:MetricDatum[] EntityMetricData:EntityMetricData[] StrictEntityValidation:boolean
MetricDatum: MetricName! Dimensions:Dimension[] Timestamp:timestamp Value:number StatisticValues:StatisticSet
  Values:number[] Counts:number[] Unit StorageResolution:number
StatisticSet: SampleCount!:number Sum!:number Minimum!:number Maximum!:number
EntityMetricData: Entity:Entity MetricData:MetricDatum[]
Entity: KeyAttributes:string{} Attributes:string{}
`,
});
