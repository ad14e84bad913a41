import { join } from "node:path";
import { AwsError } from "../../aws-error.ts";
import type { Clock } from "../../clock.ts";
import { awsJson } from "../../protocol/aws-json.ts";
import { type Service, service } from "../../service.ts";
import { openJsonLines } from "../../storage/json-lines.ts";
import type { Storage } from "../../storage/storage.ts";
import { cloudWatchApi } from "./cloudwatch-api.ts";
import { type Sample, statisticOf } from "./statistics.ts";

export interface CloudWatchOptions {
  readonly storage: Storage;
  readonly clock: Clock;
}

interface Dimension {
  readonly Name: string;
  readonly Value: string;
}

interface MetricDatum {
  readonly MetricName: string;
  readonly Dimensions?: readonly Dimension[];
  /** Epoch seconds. */
  readonly Timestamp?: number;
  readonly Value?: number;
  readonly Values?: readonly number[];
  readonly Counts?: readonly number[];
  readonly StatisticValues?: {
    readonly SampleCount: number;
    readonly Sum: number;
    readonly Minimum: number;
    readonly Maximum: number;
  };
}

interface MetricDataQuery {
  readonly Id: string;
  readonly Label?: string;
  readonly Expression?: string;
  readonly MetricStat?: {
    readonly Metric: {
      readonly Namespace: string;
      readonly MetricName: string;
      readonly Dimensions?: readonly Dimension[];
    };
    /** Seconds. */
    readonly Period: number;
    readonly Stat: string;
  };
}

interface GetMetricDataInput {
  readonly MetricDataQueries: readonly MetricDataQuery[];
  readonly StartTime: number;
  readonly EndTime: number;
  readonly ScanBy?: string;
}

interface ListMetricsInput {
  readonly Namespace?: string;
  readonly MetricName?: string;
  readonly Dimensions?: readonly DimensionFilter[];
}

/** Without a value it takes any. */
type DimensionFilter = Pick<Dimension, "Name"> & Partial<Dimension>;

const isWanted = ({ Name, Value }: Dimension, wanted: DimensionFilter): boolean =>
  Name === wanted.Name && (wanted.Value ?? Value) === Value;

interface StoredDatum {
  readonly namespace: string;
  readonly metricName: string;
  readonly dimensions: readonly Dimension[];
  readonly timestampMs: number;
  readonly samples: readonly Sample[];
}

/** Metrics as CloudWatch answers them: put single values or sets of values, get statistics by period. No metric math. */
export function cloudWatch({ storage, clock }: CloudWatchOptions): Service {
  let opened: { data: StoredDatum[]; append: (data: readonly StoredDatum[]) => void } | undefined;
  const store = () => {
    if (opened !== undefined) return opened;
    const data: StoredDatum[] = [];
    const file = openJsonLines<StoredDatum>(storage, join(storage.dir, "metrics.jsonl"), (datum) => data.push(datum));
    opened = {
      data,
      append(added) {
        file.append(added);
        data.push(...added);
      },
    };
    return opened;
  };

  return service("monitoring", {
    protocol: awsJson("GraniteServiceVersion20100801", "1.0"),
    api: cloudWatchApi,
    operations: {
      PutMetricData({ Namespace, MetricData = [] }: { Namespace: string; MetricData?: readonly MetricDatum[] }) {
        store().append(
          MetricData.map((datum) => ({
            namespace: Namespace,
            metricName: datum.MetricName,
            dimensions: datum.Dimensions ?? [],
            timestampMs: datum.Timestamp === undefined ? clock.now() : datum.Timestamp * 1000,
            samples: samplesOf(datum),
          })),
        );
      },

      GetMetricData({ MetricDataQueries, StartTime, EndTime, ScanBy }: GetMetricDataInput) {
        const MetricDataResults = MetricDataQueries.map((query) => {
          const points = evaluate(store().data, query, StartTime * 1000, EndTime * 1000);
          const ordered = ScanBy === "TimestampAscending" ? points : points.toReversed();
          return {
            Id: query.Id,
            Label: query.Label ?? query.MetricStat?.Metric.MetricName,
            Timestamps: ordered.map(({ startMs }) => new Date(startMs)),
            Values: ordered.map(({ value }) => value),
            StatusCode: "Complete",
          };
        });
        return { MetricDataResults, Messages: [] };
      },

      ListMetrics({ Namespace, MetricName, Dimensions = [] }: ListMetricsInput) {
        const chosen = store().data.filter(
          (datum) =>
            (Namespace ?? datum.namespace) === datum.namespace &&
            (MetricName ?? datum.metricName) === datum.metricName &&
            Dimensions.every((wanted) => datum.dimensions.some((dimension) => isWanted(dimension, wanted))),
        );
        const unique = new Map(
          chosen.map((datum) => [`${datum.namespace}/${datum.metricName}/${keyOf(datum.dimensions)}`, datum]),
        );
        const Metrics = [...unique.values()].map(({ namespace, metricName, dimensions }) => ({
          Namespace: namespace,
          MetricName: metricName,
          Dimensions: dimensions,
        }));
        return { Metrics };
      },
    },
  });
}

function samplesOf({ Value, Values, Counts, StatisticValues }: MetricDatum): readonly Sample[] {
  if (Value !== undefined) return [{ value: Value, count: 1 }];
  if (Values !== undefined) return Values.map((value, index) => ({ value, count: Counts?.[index] ?? 1 }));
  if (StatisticValues !== undefined) {
    const { Sum, SampleCount: count, Minimum: minimum, Maximum: maximum } = StatisticValues;
    return [{ value: Sum / count, count, minimum, maximum }];
  }
  throw new AwsError("MissingRequiredParameterException", "A metric datum needs Value, Values or StatisticValues");
}

function evaluate(
  data: readonly StoredDatum[],
  { Id, MetricStat, Expression }: MetricDataQuery,
  startMs: number,
  endMs: number,
): { startMs: number; value: number }[] {
  if (MetricStat === undefined) {
    throw new AwsError(
      "ValidationError",
      `The local CloudWatch does not evaluate expressions: ${Id} is ${Expression ?? "empty"}`,
    );
  }
  const { Metric, Period, Stat } = MetricStat;
  const periodMs = Period * 1000;
  const chosen = data.filter(
    (datum) =>
      datum.namespace === Metric.Namespace &&
      datum.metricName === Metric.MetricName &&
      keyOf(datum.dimensions) === keyOf(Metric.Dimensions ?? []) &&
      datum.timestampMs >= startMs &&
      datum.timestampMs < endMs,
  );
  const byPeriod = Map.groupBy(chosen, ({ timestampMs }) => Math.floor(timestampMs / periodMs) * periodMs);
  return [...byPeriod]
    .sort(([a], [b]) => a - b)
    .map(([start, inPeriod]) => ({
      startMs: start,
      value: statisticOf(
        Stat,
        inPeriod.flatMap(({ samples }) => samples),
      ),
    }));
}

/** The order of dimensions does not matter. */
function keyOf(dimensions: readonly Dimension[]): string {
  return JSON.stringify(dimensions.map(({ Name, Value }) => [Name, Value]).sort());
}
