/** The last minutes of one call or service as two charts, kept up to date while they are shown. */
import { useEffect, useState } from "preact/hooks";
import { read } from "../core/api.ts";
import type { Series } from "../core/api.ts";
import { millis, rate } from "../core/format.ts";
import { Chart } from "./chart.tsx";
import { Failure } from "./parts.tsx";

interface SeriesChartsProps {
  /** `edge=…` or `service=…`. */
  query: string;
  /** Of the snapshot: a new one means that there is a new point to fetch. */
  sequence: number;
  /** Before the first call there is nothing to ask for. */
  called: boolean;
}

export function SeriesCharts({ query, sequence, called }: SeriesChartsProps) {
  const [seen, setSeen] = useState<{ query: string; series: Series } | null>(null);
  const [error, setError] = useState<string | null>(null);
  useEffect(() => {
    if (!called) return undefined;
    const stop = new AbortController();
    read<Series>(`/api/v1/series?${query}`, stop.signal).then(
      (series) => {
        setSeen({ query, series });
        setError(null);
      },
      (failure: Error) => {
        if (failure.name !== "AbortError") setError(failure.message);
      },
    );
    return () => stop.abort();
  }, [query, sequence, called]);
  if (!called) return <p class="no-calls">No calls yet.</p>;
  if (error !== null && seen === null) return <Failure error={error} />;
  const series = seen?.query === query ? seen.series : null;
  if (series === null) return <div class="chart-space" />;
  return (
    <div class="charts">
      <Chart
        label="Calls"
        stepSeconds={series.stepSeconds}
        format={rate}
        lines={[
          { name: "all", tone: "accent", values: series.requestsPerSecond, area: true },
          { name: "errors", tone: "bad", values: series.errorsPerSecond },
        ]}
      />
      <Chart
        label="Latency"
        stepSeconds={series.stepSeconds}
        format={millis}
        lines={[
          { name: "p50", tone: "ok", values: series.p50Millis },
          { name: "p99", tone: "soft", values: series.p99Millis },
        ]}
      />
    </div>
  );
}
