import { AwsError } from "../../aws-error.ts";

/** One datum as it is kept: a value (of a set that was sent as statistics, its average), and how often it was seen. */
export interface Sample {
  readonly value: number;
  readonly count: number;
  /** Of a set, where they differ from the value. */
  readonly minimum?: number;
  readonly maximum?: number;
}

/** A statistic of samples: SampleCount, Sum, Average, Minimum, Maximum, or a percentile such as p95. */
export function statisticOf(name: string, samples: readonly Sample[]): number {
  const count = samples.reduce((total, sample) => total + sample.count, 0);
  const sum = samples.reduce((total, sample) => total + sample.value * sample.count, 0);
  switch (name) {
    case "SampleCount":
      return count;
    case "Sum":
      return sum;
    case "Average":
      return sum / count;
    case "Minimum":
      return Math.min(...samples.map(({ value, minimum = value }) => minimum));
    case "Maximum":
      return Math.max(...samples.map(({ value, maximum = value }) => maximum));
  }
  const percent = Number(/^p(\d+(?:\.\d+)?)$/.exec(name)?.[1]);
  if (!(percent >= 0 && percent <= 100)) {
    throw new AwsError("InvalidParameterValue", `The local CloudWatch has no statistic ${name}`);
  }
  return percentile(percent, samples, count);
}

function percentile(percent: number, samples: readonly Sample[], total: number): number {
  const ordered = samples.toSorted((a, b) => a.value - b.value);
  let seen = 0;
  for (const { value, count } of ordered) {
    seen += count;
    if (seen >= (percent / 100) * total) return value;
  }
  return ordered.at(-1)?.value ?? 0;
}
