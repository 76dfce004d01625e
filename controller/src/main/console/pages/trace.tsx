/** `/traces/{id}`: one request as a waterfall over all its services. */
import { useState } from "preact/hooks";
import type { Snapshot, Span, Trace } from "../core/api.ts";
import { dateTime, micros, millis, plural } from "../core/format.ts";
import { nodeName } from "../core/model.ts";
import { go, Link, serviceUrl, usePlace, withQuery } from "../core/router.tsx";
import { PolicyLink } from "../graph/panel.tsx";
import { Icon } from "../ui/icons.tsx";
import { useLoaded } from "../ui/loaded.ts";
import { CopyButton, Empty, Failure, Loading, PageHead, Tag } from "../ui/parts.tsx";

// As many as the style sheet has hues that stay apart in both themes.
const HUES = 6;

export function TracePage({ snapshot, id }: { snapshot: Snapshot; id: string }) {
  // A trace grows while its spans arrive; after a few seconds it is whole.
  const [first] = useState(snapshot.sequence);
  const young = Math.min(snapshot.sequence - first, 5);
  const { value: trace, error } = useLoaded<Trace>(`/api/v1/traces/${encodeURIComponent(id)}`, young);
  const { query } = usePlace();
  if (trace === null) {
    return error === null ? (
      <>
        <PageHead title="Trace" />
        <Loading what="the trace" />
      </>
    ) : (
      <>
        <Failure error={error} />
        <Empty page icon="traces" title="This trace is not here">
          <p>The controller keeps the newest traces only; an older one makes room.</p>
          <Link class="button" to="/traces">
            Latest traces
          </Link>
        </Empty>
      </>
    );
  }
  const services = [...new Set(trace.spans.map((span) => span.serviceId))];
  const chosen = trace.spans.find((span) => span.spanId === query.get("span")) ?? trace.spans[0];
  const refused = trace.spans.find((span) => span.refusedBy !== null)?.refusedBy;
  return (
    <>
      <PageHead
        title={trace.spans[0]?.name ?? id}
        sub={
          <>
            {millis(trace.durationMillis)}, {plural(trace.spans.length, "span")} in{" "}
            {plural(services.length, "service")}, {dateTime(trace.startedAt)}
          </>
        }
      >
        <CopyButton text={trace.traceId} label="Copy trace id" />
      </PageHead>
      {refused != null && (
        <p class="failure warn">
          <Icon name="block" />
          <span>
            Refused by <PolicyLink snapshot={snapshot} policy={refused} />
          </span>
        </p>
      )}
      <div class="trace">
        <div class="card flush waterfall">
          <Ruler total={trace.durationMillis * 1000} />
          <ol onKeyDown={walk}>
            {trace.spans.map((span) => (
              <SpanRow
                key={span.spanId}
                span={span}
                depth={depth(trace.spans, span)}
                total={Math.max(1, trace.durationMillis * 1000)}
                hue={services.indexOf(span.serviceId) % HUES}
                name={nodeName(snapshot, span.serviceId)}
                chosen={span === chosen}
              />
            ))}
          </ol>
        </div>
        {chosen !== undefined && <SpanPanel snapshot={snapshot} span={chosen} />}
      </div>
    </>
  );
}

function Ruler({ total }: { total: number }) {
  return (
    <div class="ruler" aria-hidden="true">
      <span>Service and operation</span>
      <div>
        {[0, 0.25, 0.5, 0.75, 1].map((part) => (
          <span key={part}>{part === 0 ? "0" : micros(total * part)}</span>
        ))}
      </div>
    </div>
  );
}

interface SpanRowProps {
  span: Span;
  depth: number;
  total: number;
  hue: number;
  name: string;
  chosen: boolean;
}

function SpanRow({ span, depth: level, total, hue, name, chosen }: SpanRowProps) {
  const left = Math.min(99.5, (span.startOffsetMicros / total) * 100);
  const width = Math.max(0.4, Math.min(100 - left, (span.durationMicros / total) * 100));
  const place = left + width <= 82 ? "after" : left >= 18 ? "before" : "inside";
  return (
    <li>
      <button
        type="button"
        class={chosen ? "span chosen" : "span"}
        aria-pressed={chosen}
        onClick={() => go(withQuery({ span: span.spanId }), true)}
      >
        <span class="who" style={{ paddingLeft: `${12 + level * 14}px` }}>
          <span class={`swatch hue-${hue}`} />
          {span.error && <Icon name="alert" size={13} />}
          {span.refusedBy !== null && <Icon name="block" size={13} />}
          <b>{name}</b> <span class="op">{span.name}</span>
        </span>
        <span class="track">
          <span
            class={`bar hue-${hue} ${span.error ? "error" : ""} ${span.kind === "CLIENT" && place !== "inside" ? "client" : ""}`}
            style={{ left: `${left}%`, width: `${width}%` }}
          />
          <span class={`time ${place}`} style={timeAt(place, left, width)}>
            {micros(span.durationMicros)}
          </span>
        </span>
      </button>
    </li>
  );
}

/** Behind the bar, where there is room; else before it; on a bar as long as the row, in it: that one is drawn in full. */
function timeAt(place: "after" | "before" | "inside", left: number, width: number): Record<string, string> {
  if (place === "after") return { left: `${left + width + 0.8}%` };
  return { right: `${place === "before" ? 100.8 - left : 100.8 - left - width}%` };
}

function SpanPanel({ snapshot, span }: { snapshot: Snapshot; span: Span }) {
  return (
    <aside class="card span-detail" aria-label="Span">
      <p class="kind">{span.kind.toLowerCase()} span</p>
      <h2>{span.name}</h2>
      <p class="pills">
        <Link to={serviceUrl(span.serviceId)}>{nodeName(snapshot, span.serviceId)}</Link>
        {span.error && <Tag tone="bad">error</Tag>}
        {span.refusedBy !== null && <Tag tone="warn">refused</Tag>}
      </p>
      {span.statusMessage !== "" && (
        <p class="failure">
          <Icon name="alert" />
          {span.statusMessage}
        </p>
      )}
      <dl class="facts">
        <dt>Starts at</dt>
        <dd>{span.startOffsetMicros === 0 ? "0" : micros(span.startOffsetMicros)}</dd>
        <dt>Takes</dt>
        <dd>{micros(span.durationMicros)}</dd>
        <dt>Instance</dt>
        <dd class="mono">{span.instance}</dd>
        {span.refusedBy !== null && (
          <>
            <dt>Refused by</dt>
            <dd>
              <PolicyLink snapshot={snapshot} policy={span.refusedBy} />
            </dd>
          </>
        )}
      </dl>
      <h3>Attributes</h3>
      <dl class="facts attributes">
        {Object.entries(span.attributes)
          .sort(([a], [b]) => a.localeCompare(b))
          .map(([key, value]) => (
            <div key={key}>
              <dt>{key}</dt>
              <dd class="mono">{typeof value === "string" ? value : JSON.stringify(value)}</dd>
            </div>
          ))}
      </dl>
    </aside>
  );
}

function depth(spans: Span[], span: Span): number {
  let level = 0;
  let parent = span.parentSpanId;
  // A span never has more ancestors than the trace has spans, whatever a broken agent sends.
  while (parent !== null && level < spans.length) {
    const up = spans.find((one) => one.spanId === parent);
    if (up === undefined) break;
    parent = up.parentSpanId;
    level++;
  }
  return level;
}

function walk(event: KeyboardEvent): void {
  if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
  const row = (event.target as Element).closest("li");
  const other = event.key === "ArrowDown" ? row?.nextElementSibling : row?.previousElementSibling;
  const button = other?.querySelector("button");
  if (button == null) return;
  event.preventDefault();
  button.focus();
  button.click();
}
