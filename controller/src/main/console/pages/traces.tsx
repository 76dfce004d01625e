/** `/traces`: recent requests, newest first. */
import type { Snapshot, TraceSummary } from "../core/api.ts";
import { millis, plural, timeOfDay } from "../core/format.ts";
import { nodeName } from "../core/model.ts";
import { go, Link, tracePath, usePlace, withQuery } from "../core/router.tsx";
import { HealthMark } from "../ui/health.tsx";
import { Icon } from "../ui/icons.tsx";
import { useLoaded } from "../ui/loaded.ts";
import { Card, Empty, Failure, Loading, PageHead, Tag } from "../ui/parts.tsx";
import { Table } from "../ui/table.tsx";

const LIMIT = 100;

export function TracesPage({ snapshot }: { snapshot: Snapshot }) {
  const { query } = usePlace();
  const service = query.get("service") ?? "";
  const error = query.get("error") === "true";
  const paused = query.get("live") === "0";
  const path =
    `/api/v1/traces?limit=${LIMIT}` +
    (service === "" ? "" : `&service=${encodeURIComponent(service)}`) +
    (error ? "&error=true" : "");
  const { value, error: failure } = useLoaded<{ traces: TraceSummary[] }>(path, paused ? 0 : snapshot.sequence);
  const longest = Math.max(0.001, ...(value?.traces ?? []).map((trace) => trace.durationMillis));
  return (
    <>
      <PageHead title="Traces" sub={value === null ? "" : `the ${plural(value.traces.length, "latest request")}`}>
        <label class="select">
          <span class="sr">Service</span>
          <select value={service} onChange={(event) => go(withQuery({ service: event.currentTarget.value }))}>
            <option value="">All services</option>
            {snapshot.services.map((one) => (
              <option key={one.id} value={one.id}>
                {one.id}
              </option>
            ))}
          </select>
        </label>
        <Link class="button" to={withQuery({ error: error ? null : "true" })} aria-current={error ? "true" : undefined}>
          Only failed
        </Link>
        <Link class="button" to={withQuery({ live: paused ? null : "0" })} aria-current={paused ? "true" : undefined}>
          {paused ? "Resume" : "Pause"}
        </Link>
      </PageHead>
      {failure !== null && <Failure error={failure} />}
      {value === null && failure === null && <Loading what="traces" />}
      {value !== null && value.traces.length === 0 && (
        <Empty icon="traces" title={error ? "No failed request is kept" : "No trace has arrived yet"}>
          <p>Agents send their spans every second. Make a request to a service with the agent.</p>
        </Empty>
      )}
      {value !== null && value.traces.length > 0 && (
        <Card flush>
          <Table
            label="Traces"
            rows={value.traces}
            rowKey={(trace) => trace.traceId}
            onRow={(trace) => go(tracePath(trace.traceId))}
            columns={[
              {
                head: "Request",
                by: (trace) => trace.name,
                cell: (trace) => (
                  <Link class="strong" to={tracePath(trace.traceId)}>
                    <HealthMark health={trace.error ? "failing" : trace.refusedBy === null ? "healthy" : "degraded"} />
                    {trace.name}
                  </Link>
                ),
              },
              {
                head: "Service",
                by: (trace) => trace.serviceId,
                cell: (trace) => nodeName(snapshot, trace.serviceId),
              },
              {
                head: "Duration",
                number: true,
                by: (trace) => trace.durationMillis,
                cell: (trace) => <Duration trace={trace} longest={longest} />,
              },
              { head: "Spans", number: true, by: (trace) => trace.spans, cell: (trace) => trace.spans },
              {
                head: "Through",
                minor: true,
                cell: (trace) => (
                  <span class="through">{trace.services.map((id) => nodeName(snapshot, id)).join(" › ")}</span>
                ),
              },
              {
                head: "Outcome",
                cell: (trace) =>
                  trace.refusedBy !== null ? (
                    <Tag tone="warn">
                      <Icon name="block" size={12} /> refused
                    </Tag>
                  ) : trace.error ? (
                    <Tag tone="bad">error</Tag>
                  ) : (
                    <Tag>ok</Tag>
                  ),
              },
              { head: "Started", number: true, by: (t) => t.startedAt, cell: (trace) => timeOfDay(trace.startedAt) },
            ]}
          />
        </Card>
      )}
    </>
  );
}

function Duration({ trace, longest }: { trace: TraceSummary; longest: number }) {
  return (
    <span class="with-bar">
      <svg width="64" height="6" aria-hidden="true" class={trace.error ? "bar bad" : "bar"}>
        <rect class="track" width="64" height="6" rx="3" />
        <rect class="fill" width={Math.max(2, (64 * trace.durationMillis) / longest)} height="6" rx="3" />
      </svg>
      <span class="value">{millis(trace.durationMillis)}</span>
    </span>
  );
}
