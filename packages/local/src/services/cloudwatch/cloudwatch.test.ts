import {
  CloudWatchClient,
  GetMetricDataCommand,
  ListMetricsCommand,
  PutMetricDataCommand,
} from "@aws-sdk/client-cloudwatch";
import { expect, test } from "vitest";
import { createLocalAws } from "../../local-aws.ts";

const Namespace = "Muster";
const minute = (index: number, second = 0) => new Date(Date.UTC(2026, 0, 1, 0, index, second));

test("statistics by period, of single values and of sets, told apart by dimensions", async () => {
  await using aws = createLocalAws();
  const cloudWatch = new CloudWatchClient({ ...aws.clientConfig(), maxAttempts: 1 });
  const Dimensions = [{ Name: "Activity", Value: "Make" }];
  const datum = { MetricName: "Queued", Dimensions };
  await cloudWatch.send(
    new PutMetricDataCommand({
      Namespace,
      MetricData: [
        { ...datum, Timestamp: minute(0, 1), Value: 2 },
        { ...datum, Timestamp: minute(0, 59), Values: [4, 6], Counts: [2, 1] },
        { ...datum, Timestamp: minute(1), StatisticValues: { SampleCount: 2, Sum: 10, Minimum: 4, Maximum: 6 } },
        { MetricName: "Queued", Timestamp: minute(0), Value: 1000 },
      ],
    }),
  );
  const read = async (Stat: string) => {
    const { MetricDataResults } = await cloudWatch.send(
      new GetMetricDataCommand({
        StartTime: minute(0),
        EndTime: minute(5),
        ScanBy: "TimestampAscending",
        MetricDataQueries: [
          { Id: "q", MetricStat: { Metric: { Namespace, MetricName: "Queued", Dimensions }, Period: 60, Stat } },
        ],
      }),
    );
    return MetricDataResults?.[0]?.Values;
  };
  expect(await read("Sum")).toEqual([16, 10]);
  expect(await read("SampleCount")).toEqual([4, 2]);
  expect(await read("Average")).toEqual([4, 5]);
  expect(await read("Maximum")).toEqual([6, 6]);
  expect(await read("Minimum")).toEqual([2, 4]);
  expect(await read("p50")).toEqual([4, 5]);
  await expect(read("p101")).rejects.toMatchObject({ name: "InvalidParameterValueException" });
  const { Metrics } = await cloudWatch.send(new ListMetricsCommand({ Namespace }));
  expect(Metrics?.map((metric) => metric.Dimensions ?? [])).toEqual([Dimensions, []]);
  const found = async (dimension: { Name: string; Value?: string }) =>
    (await cloudWatch.send(new ListMetricsCommand({ Namespace, Dimensions: [dimension] }))).Metrics?.length;
  expect(await found({ Name: "Activity" })).toBe(1);
  expect(await found({ Name: "Activity", Value: "Make" })).toBe(1);
  expect(await found({ Name: "Activity", Value: "Publish" })).toBe(0);
});

test("a request that the client compressed is read", async () => {
  await using aws = createLocalAws();
  const cloudWatch = new CloudWatchClient(aws.clientConfig());
  const MetricData = Array.from({ length: 500 }, (_, index) => ({ MetricName: `metric-${index}`, Value: index }));
  await cloudWatch.send(new PutMetricDataCommand({ Namespace, MetricData }));
  expect((await cloudWatch.send(new ListMetricsCommand({ Namespace }))).Metrics).toHaveLength(500);
});
