/** `/`: what is wrong now, what the mesh does, what changed. */
import type { Snapshot } from "../core/api.ts";
import { ago, count, duration, plural, rate, percent, until } from "../core/format.ts";
import { findings } from "../core/model.ts";
import type { Finding } from "../core/model.ts";
import { Link, resourceUrl, serviceUrl, tracePath } from "../core/router.tsx";
import { millis } from "../core/format.ts";
import { Icon } from "../ui/icons.tsx";
import { HealthMark, HealthShape, worstFirst } from "../ui/health.tsx";
import { Card, Empty, Metric, PageHead } from "../ui/parts.tsx";

// What fits beside the other cards without scrolling; the rest has its own pages.
const LISTED = 6;

export function OverviewPage({ snapshot }: { snapshot: Snapshot }) {
  const { status } = snapshot;
  if (snapshot.workloads.length === 0 && snapshot.graph.nodes.length === 0) return <Welcome />;
  const found = findings(snapshot);
  return (
    <>
      <PageHead
        title="Overview"
        sub={`${status.trustDomain} · controller ${status.version} · up ${duration(status.uptimeSeconds)}`}
      />
      <Numbers snapshot={snapshot} />
      <div class="columns">
        <div>
          <Card title="Needs attention" aside={<span class="badge">{found.length}</span>} flush>
            {found.length === 0 ? (
              <Empty icon="check" title="Nothing is wrong right now">
                <p>Errors, refused calls, rejected configuration and ending certificates appear here by themselves.</p>
              </Empty>
            ) : (
              <ul class="findings">
                {found.map((one) => (
                  <FindingRow key={one.key} finding={one} />
                ))}
              </ul>
            )}
          </Card>
          <ServicesCard snapshot={snapshot} />
        </div>
        <div>
          <ChangesCard snapshot={snapshot} />
          <TracesCard snapshot={snapshot} />
          <ControllerCard snapshot={snapshot} />
        </div>
      </div>
    </>
  );
}

function Numbers({ snapshot }: { snapshot: Snapshot }) {
  const { edges } = snapshot.graph;
  const calls = edges.reduce((sum, edge) => sum + edge.stats.requestsPerSecond, 0);
  const errors = edges.reduce((sum, edge) => sum + edge.stats.errorsPerSecond, 0);
  const refused = edges.reduce((sum, edge) => sum + edge.stats.refusedPerSecond, 0);
  const services = new Set(snapshot.services.map((service) => service.id));
  const between = edges.filter((edge) => services.has(edge.source) && services.has(edge.destination));
  const busy = between.filter((edge) => edge.stats.requestsPerSecond > 0);
  const safe = busy.filter((edge) => edge.mtls === "all").length;
  const connected = snapshot.workloads.filter((one) => one.connected).length;
  const current = snapshot.workloads.filter((one) => one.configuration.upToDate).length;
  return (
    <dl class="metrics cards">
      <Metric label="Calls" value={rate(calls)} note={plural(edges.length, "connection")} />
      <Metric
        label="Errors"
        value={calls === 0 ? "no calls" : percent(errors / calls)}
        note={rate(errors)}
        tone={errors > 0.1 * calls ? "bad" : errors > 0.01 * calls ? "warn" : undefined}
      />
      <Metric label="Refused" value={rate(refused)} note="by policy" tone={refused > 0 ? "warn" : undefined} />
      <Metric
        label="Instances"
        value={count(connected)}
        note={connected === snapshot.workloads.length ? "all connected" : `${snapshot.workloads.length - connected} away`}
        tone={connected === snapshot.workloads.length ? undefined : "warn"}
      />
      <Metric
        label="Configuration"
        value={`${current}/${snapshot.workloads.length}`}
        note="acknowledged"
        tone={current === snapshot.workloads.length ? undefined : "warn"}
      />
      <Metric
        label="mTLS"
        value={busy.length === 0 ? "no calls" : percent(safe / busy.length)}
        note="between services"
        tone={busy.length > 0 && safe < busy.length ? "warn" : undefined}
      />
    </dl>
  );
}

function FindingRow({ finding }: { finding: Finding }) {
  const health = finding.severity === "error" ? "failing" : finding.severity === "warning" ? "degraded" : "idle";
  return (
    <li>
      <Link to={finding.to} class={`finding ${finding.severity}`}>
        <HealthShape health={health} />
        <span>
          <span class="sr">{finding.severity}: </span>
          <b>{finding.title}</b>
          <small>{finding.detail}</small>
        </span>
        <Icon name="right" size={14} />
      </Link>
    </li>
  );
}

function ServicesCard({ snapshot }: { snapshot: Snapshot }) {
  const rows = [...snapshot.services].sort(
    (a, b) => worstFirst(a.health, b.health) || b.inbound.requestsPerSecond - a.inbound.requestsPerSecond,
  );
  return (
    <Card title="Services" aside={<Link to="/services">All {count(rows.length)}</Link>}>
      {rows.slice(0, LISTED).map((service) => (
        <p key={service.id} class="line-item">
          <Link to={serviceUrl(service.id)}>
            <HealthMark health={service.health} />
            {service.name}
            <span class="muted"> {service.namespace}</span>
          </Link>
          <span>
            {rate(service.inbound.requestsPerSecond)} · p99 {millis(service.inbound.p99Millis)}
          </span>
        </p>
      ))}
    </Card>
  );
}

function ChangesCard({ snapshot }: { snapshot: Snapshot }) {
  const rows = [...snapshot.resources].sort((a, b) => b.revision - a.revision);
  return (
    <Card title="Latest changes" aside={<Link to="/resources?view=history">History</Link>}>
      {rows.length === 0 && (
        <p class="muted">
          No resource is applied. <code>endomesh apply -f route.yaml</code> makes the first one.
        </p>
      )}
      {rows.slice(0, LISTED).map((resource) => (
        <p key={`${resource.kind}/${resource.namespace}/${resource.name}`} class="line-item">
          <Link to={resourceUrl(resource)}>
            {resource.name}
            <span class="muted"> {resource.kind}</span>
          </Link>
          <span>{ago(resource.updatedAt, snapshot.status.now)}</span>
        </p>
      ))}
    </Card>
  );
}

function TracesCard({ snapshot }: { snapshot: Snapshot }) {
  const bad = snapshot.traces.filter((trace) => trace.error || trace.refusedBy !== null);
  if (bad.length === 0) return null;
  return (
    <Card title="Failed requests" aside={<Link to="/traces?error=true">All</Link>}>
      {bad.slice(0, LISTED).map((trace) => (
        <p key={trace.traceId} class="line-item">
          <Link to={tracePath(trace.traceId)}>
            <HealthMark health="failing" />
            {trace.name}
          </Link>
          <span>
            {millis(trace.durationMillis)} · {ago(trace.startedAt, snapshot.status.now)}
          </span>
        </p>
      ))}
    </Card>
  );
}

function ControllerCard({ snapshot }: { snapshot: Snapshot }) {
  const { status } = snapshot;
  return (
    <Card title="Controller">
      <dl class="facts">
        <dt>Address</dt>
        <dd class="mono">{status.address}</dd>
        <dt>Revision</dt>
        <dd>{count(status.revision)}</dd>
        <dt>Root certificate</dt>
        <dd>ends {until(status.certificateAuthority.notAfter, status.now)}</dd>
        <dt>Telemetry</dt>
        <dd>
          {count(status.telemetry.metricPoints)} points, {count(status.telemetry.spans)} spans
        </dd>
      </dl>
    </Card>
  );
}

function Welcome() {
  return (
    <Empty page icon="graph" title="The mesh is ready for its first service">
      <p>One flag joins a Java service. This page fills by itself as soon as it starts.</p>
      <Link class="button primary" to="/connect">
        Connect a service
      </Link>
    </Empty>
  );
}
