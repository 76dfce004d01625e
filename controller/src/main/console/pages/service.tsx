/** `/services/{namespace}/{name}`: one service, its traffic, its instances, what applies to it. */
import type { Service, Snapshot, Workload } from "../core/api.ts";
import { ago, count, dateTime, millis, percent, plural, rate, until } from "../core/format.ts";
import { nodeName, refusing } from "../core/model.ts";
import { explainUrl, Link, resourceUrl, routeUrl, tracePath } from "../core/router.tsx";
import { Cause } from "../graph/cause.tsx";
import { PolicyLink, StatsBlock } from "../graph/panel.tsx";
import { Icon } from "../ui/icons.tsx";
import { HealthMark, HealthPill } from "../ui/health.tsx";
import { Card, Empty, PageHead, Tag } from "../ui/parts.tsx";
import { SeriesCharts } from "../ui/series.tsx";
import { Table } from "../ui/table.tsx";

export function ServicePage({ snapshot, id }: { snapshot: Snapshot; id: string }) {
  const service = snapshot.services.find((one) => one.id === id);
  if (service === undefined) {
    return (
      <Empty page icon="services" title={`${id} is not in the mesh`}>
        <p>No instance of it is registered and no Service resource declares it.</p>
        <Link class="button" to="/services">
          All services
        </Link>
      </Empty>
    );
  }
  const workloads = snapshot.workloads.filter((one) => service.instances.includes(one.instance));
  return (
    <>
      <PageHead
        title={
          <>
            {service.name} <span class="muted">{service.namespace}</span>
          </>
        }
        sub={<span class="mono">{service.identity}</span>}
      >
        <Link class="button" to={`/graph?sel=${id}`}>
          <Icon name="graph" size={14} /> In the graph
        </Link>
        <Link class="button" to={`/traces?service=${id}`}>
          <Icon name="traces" size={14} /> Traces
        </Link>
        <Link class="button" to={routeUrl(id)}>
          <Icon name="arrow" size={14} /> Route
        </Link>
        <Link class="button" to={`/faults?service=${id}`}>
          <Icon name="fault" size={14} /> Test a fault
        </Link>
        <Link class="button" to={callTo(snapshot, service)}>
          <Icon name="explain" size={14} /> Explain a call
        </Link>
      </PageHead>
      <p class="pills">
        <HealthPill health={service.health} />
        <Tag tone={service.mtls === "STRICT" ? "ok" : service.mtls === "DISABLE" ? "warn" : undefined}>
          mTLS {service.mtls.toLowerCase()}
        </Tag>
        {service.ports.map((port) => (
          <Tag key={port.number}>
            {port.protocol} {port.number}
          </Tag>
        ))}
        {service.versions.map((version) => (
          <Tag key={version}>{version}</Tag>
        ))}
        {!service.declared && <span class="muted">here because an instance registered it</span>}
      </p>
      <div class="columns">
        <div>
          <Card title="Traffic in">
            <StatsBlock stats={service.inbound} />
            {(service.health === "failing" || service.health === "degraded") && <Cause snapshot={snapshot} service={service} />}
            <SeriesCharts called={service.inbound.requestsTotal > 0} query={`service=${encodeURIComponent(id)}`} sequence={snapshot.sequence} />
          </Card>
        </div>
        <div>
          <Neighbours snapshot={snapshot} service={service} />
          <Applies snapshot={snapshot} service={service} />
          <ServiceTraces snapshot={snapshot} id={id} />
        </div>
      </div>
      <Card title="Instances" aside={<span class="muted">{plural(workloads.length, "instance")}</span>} flush>
        <Instances snapshot={snapshot} workloads={workloads} />
      </Card>
      {workloads.map((workload) => (
        <InstanceDetail key={workload.instance} snapshot={snapshot} workload={workload} />
      ))}
    </>
  );
}

/** Of a service that calls it, where one is known. */
function callTo(snapshot: Snapshot, service: Service): string {
  const edge = snapshot.graph.edges.find(
    (one) => one.destination === service.id && snapshot.services.some((known) => known.id === one.source),
  );
  const near = edge === undefined || edge.source.startsWith(`${service.namespace}/`);
  const host = near ? service.name : `${service.name}.${service.namespace}`;
  const spoken = edge?.protocol ?? service.ports[0]?.protocol.toLowerCase();
  const query = new URLSearchParams({ url: `${spoken === "grpc" ? "grpc" : "http"}://${host}/` });
  if (edge !== undefined) query.set("from", edge.source);
  return explainUrl(query);
}

function Instances({ snapshot, workloads }: { snapshot: Snapshot; workloads: Workload[] }) {
  if (workloads.length === 0) {
    return (
      <Empty icon="services" title="No instance is running">
        <p>Callers get an error until one starts with the agent.</p>
      </Empty>
    );
  }
  return (
    <Table
      label="Instances"
      rows={workloads}
      rowKey={(one) => one.instance}
      columns={[
        {
          head: "Instance",
          by: (one) => one.instance,
          cell: (one) => (
            <a class="strong" href={`#${one.instance}`}>
              {one.instance}
            </a>
          ),
        },
        { head: "Health", cell: (one) => <HealthPill health={one.connected ? one.health : "failing"} /> },
        { head: "Version", by: (one) => one.labels["version"] ?? "", cell: (one) => one.labels["version"] ?? "–" },
        {
          head: "Rate",
          number: true,
          by: (one) => one.inbound.requestsPerSecond,
          cell: (one) => rate(one.inbound.requestsPerSecond),
        },
        {
          head: "Errors",
          number: true,
          by: (one) => one.inbound.errorRatio ?? -1,
          cell: (one) => percent(one.inbound.errorRatio),
        },
        {
          head: "p99",
          number: true,
          by: (one) => one.inbound.p99Millis ?? -1,
          cell: (one) => millis(one.inbound.p99Millis),
        },
        { head: "Agent", minor: true, by: (one) => one.agentVersion, cell: (one) => one.agentVersion },
        { head: "Configuration", cell: (one) => <Configuration workload={one} /> },
        { head: "Up", number: true, minor: true, cell: (one) => ago(one.since, snapshot.status.now).replace(" ago", "") },
      ]}
    />
  );
}

function Configuration({ workload }: { workload: Workload }) {
  const { acked, upToDate, rejection, wanted } = workload.configuration;
  if (rejection !== null) return <Tag tone="bad">rejected, keeps {acked ?? "none"}</Tag>;
  if (upToDate) return <Tag tone="ok">acknowledged</Tag>;
  return (
    <Tag tone="warn">
      {acked ?? "none"} of {wanted}
    </Tag>
  );
}

function InstanceDetail({ snapshot, workload }: { snapshot: Snapshot; workload: Workload }) {
  const { now } = snapshot.status;
  const { acked, wanted, rejection } = workload.configuration;
  const { tlsProblems } = workload;
  return (
    <details
      class="card instance"
      id={workload.instance}
      open={rejection !== null || !workload.connected || tlsProblems.length > 0}
    >
      <summary>
        <Icon name="right" size={14} />
        <h2>{workload.instance}</h2>
        <Configuration workload={workload} />
        {!workload.connected && (
          <Tag tone="bad">
            away{workload.leaseEndsAt === null ? "" : `, removed ${until(workload.leaseEndsAt, now)}`}
          </Tag>
        )}
        <span class="muted">
          {workload.address} · pid {workload.pid} · agent {workload.agentVersion} · Java {workload.javaVersion}
        </span>
      </summary>
      {rejection !== null && (
        <p class="failure">
          <Icon name="alert" />
          The agent keeps configuration {acked ?? "none"} instead of {wanted}: {rejection}
        </p>
      )}
      {tlsProblems.map((problem) => (
        <p key={problem} class="failure">
          <Icon name="alert" />
          It refuses calls: {problem}
        </p>
      ))}
      <div class="fact-columns">
        <dl class="facts">
          <dt>Identity</dt>
          <dd class="mono">{workload.identity}</dd>
          <dt>Main class</dt>
          <dd class="mono">{workload.mainClass}</dd>
          <dt>Ports</dt>
          <dd>{workload.ports.map((port) => `${port.number} ${port.protocol}`).join(", ") || "none bound"}</dd>
          <dt>Joined</dt>
          <dd>{dateTime(workload.since)}</dd>
          <dt>Certificate</dt>
          <dd>
            {workload.certificateNotAfter === null ? "none" : `ends ${until(workload.certificateNotAfter, now)}`}
          </dd>
        </dl>
        <dl class="facts">
          <dt>Configuration</dt>
          <dd>
            wanted {wanted}, acknowledged {acked ?? "none"}
          </dd>
          <dt>Labels</dt>
          <dd>
            {Object.entries(workload.labels).map(([key, value]) => (
              <Tag key={key}>
                {key}={value}
              </Tag>
            ))}
          </dd>
          <dt>Kept from the app</dt>
          <dd>{plural(workload.suppressedExceptions, "exception")}</dd>
          <dt>Not woven</dt>
          <dd>{plural(workload.failedTransformations, "class", "classes")}</dd>
          <dt>Telemetry dropped</dt>
          <dd>{plural(workload.droppedTelemetry, "record")}</dd>
        </dl>
        <div>
          <h3>Instrumentations</h3>
          <ul class="instrumentations">
            {workload.instrumentations.map((one) => (
              <li key={one.name}>
                <Icon name={one.enabled ? "check" : "close"} size={12} />
                <span>
                  {one.name}
                  {!one.enabled && <small>{one.reason === "" ? "switched off" : one.reason}</small>}
                </span>
              </li>
            ))}
          </ul>
        </div>
      </div>
    </details>
  );
}

function Neighbours({ snapshot, service }: { snapshot: Snapshot; service: Service }) {
  const { edges } = snapshot.graph;
  const callers = edges.filter((edge) => edge.destination === service.id);
  const called = edges.filter((edge) => edge.source === service.id);
  const list = (title: string, rows: typeof edges, end: "source" | "destination", none: string) => (
    <section class="part">
      <h3>{title}</h3>
      {rows.length === 0 && <p class="muted">{none}</p>}
      {rows.map((edge) => (
        <p key={edge.id} class="line-item">
          <Link to={`/graph?sel=${edge.id}`}>
            <HealthMark health={edge.health} />
            {nodeName(snapshot, edge[end])}
            <span class="muted"> {edge.protocol}</span>
          </Link>
          <span>
            {rate(edge.stats.requestsPerSecond)} · p99 {millis(edge.stats.p99Millis)}
            {edge.stats.refusedPerSecond > 0 && <b class="bad"> · refused</b>}
          </span>
        </p>
      ))}
    </section>
  );
  return (
    <Card title="Neighbours">
      {list("Called by", callers, "source", "Nobody has called it yet.")}
      {list("Calls", called, "destination", "It has called nobody yet.")}
    </Card>
  );
}

function Applies({ snapshot, service }: { snapshot: Snapshot; service: Service }) {
  const policies = refusing(snapshot, service.id);
  return (
    <Card title="Routes and policies that apply">
      {service.resources.length === 0 && (
        <p class="muted">None: calls go to all instances, and everybody may call.</p>
      )}
      {service.resources.map((one) => {
        const row = snapshot.resources.find(
          (r) => r.kind === one.kind && r.namespace === one.namespace && r.name === one.name,
        );
        return (
          <p key={`${one.kind}/${one.namespace}/${one.name}`} class="line-item">
            {row === undefined ? <span>{one.name}</span> : <Link to={resourceUrl(row)}>{one.name}</Link>}
            <span>{one.kind}</span>
          </p>
        );
      })}
      {policies.length > 0 && (
        <section class="part">
          <h3>Refused</h3>
          {policies.map((one) => (
            <p key={one.policy + one.sourceId} class="line-item">
              <span class="ellipsis">
                {nodeName(snapshot, one.sourceId)} by <PolicyLink snapshot={snapshot} policy={one.policy} />
              </span>
              <span>{count(one.total)}×</span>
            </p>
          ))}
        </section>
      )}
    </Card>
  );
}

function ServiceTraces({ snapshot, id }: { snapshot: Snapshot; id: string }) {
  const traces = snapshot.traces.filter((trace) => trace.services.includes(id)).slice(0, 6);
  if (traces.length === 0) return null;
  return (
    <Card title="Recent traces" aside={<Link to={`/traces?service=${id}`}>All</Link>}>
      {traces.map((trace) => (
        <p key={trace.traceId} class="line-item">
          <Link to={tracePath(trace.traceId)}>
            <HealthMark health={trace.error ? "failing" : "healthy"} />
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
