/** Beside the graph: the chosen service or call, and where its errors come from. */
import type { Graph, GraphEdge, GraphNode, Snapshot, Stats } from "../core/api.ts";
import { count, millis, percent, rate, timeOfDay } from "../core/format.ts";
import { clusterName, nodeName, policyResource, refusing } from "../core/model.ts";
import { Link, resourceUrl, serviceUrl, tracePath, withQuery } from "../core/router.tsx";
import { Icon } from "../ui/icons.tsx";
import { HealthMark, HealthPill } from "../ui/health.tsx";
import { Metric, Tag } from "../ui/parts.tsx";
import { SeriesCharts } from "../ui/series.tsx";
import { Cause } from "./cause.tsx";
import { nodeDetail } from "./drawing.tsx";
import { BundlePanel, GroupPanel } from "./groups.tsx";
import { Encryption, Errors, Part } from "./parts.tsx";

interface PanelProps {
  snapshot: Snapshot;
  /** As it is drawn, with boxes for namespaces. */
  graph: Graph;
  selected: string;
  onClose: () => void;
}

export function Panel({ snapshot, graph, selected, onClose }: PanelProps) {
  const edge = snapshot.graph.edges.find((one) => one.id === selected);
  const node = snapshot.graph.nodes.find((one) => one.id === selected);
  const box = graph.nodes.find((one) => one.id === selected && one.members !== undefined);
  const bundle = graph.edges.find((one) => one.id === selected && one.members !== undefined);
  return (
    <aside class="panel" aria-label="Details">
      <button type="button" class="button icon-only close" onClick={onClose} title="Close (Esc)">
        <Icon name="close" />
        <span class="sr">Close details</span>
      </button>
      {edge !== undefined ? (
        <EdgePanel snapshot={snapshot} edge={edge} />
      ) : node !== undefined ? (
        <NodePanel snapshot={snapshot} node={node} />
      ) : box !== undefined ? (
        <GroupPanel snapshot={snapshot} node={box} />
      ) : bundle !== undefined ? (
        <BundlePanel snapshot={snapshot} graph={graph} edge={bundle} />
      ) : (
        <p class="muted">{selected} is not in the graph. It may not have been called since the controller started.</p>
      )}
    </aside>
  );
}

function EdgePanel({ snapshot, edge }: { snapshot: Snapshot; edge: GraphEdge }) {
  const policies = refusing(snapshot, edge.destination, edge.source);
  const total = edge.clusters.reduce((sum, one) => sum + one.requestsPerSecond, 0);
  // A route that was changed leaves clusters behind that nothing goes to any more.
  const clusters = total === 0 ? edge.clusters : edge.clusters.filter((one) => one.requestsPerSecond > 0);
  const workloads = snapshot.workloads.filter((one) => one.serviceId === edge.destination);
  const traces = snapshot.traces
    .filter((one) => one.services.includes(edge.source) && one.services.includes(edge.destination))
    .sort((a, b) => Number(b.error) - Number(a.error))
    .slice(0, 4);
  return (
    <>
      <p class="kind">{edge.protocol === "sql" ? "SQL statements" : `${edge.protocol} calls`}</p>
      <h2>
        <Link to={withQuery({ sel: edge.source })}>{nodeName(snapshot, edge.source)}</Link>
        <span class="arrow-text" aria-label="to">
          →
        </span>
        <Link to={withQuery({ sel: edge.destination })}>{nodeName(snapshot, edge.destination)}</Link>
      </h2>
      <p class="pills">
        <HealthPill health={edge.health} />
        <Encryption mtls={edge.mtls} protocol={edge.protocol} />
      </p>
      <StatsBlock stats={edge.stats} />
      <Retries stats={edge.stats} />
      <SeriesCharts called={edge.stats.requestsTotal > 0} query={`edge=${encodeURIComponent(edge.id)}`} sequence={snapshot.sequence} />
      {policies.length > 0 && (
        <Part title="Refused by">
          {policies.map((one) => (
            <p key={one.policy} class="line-item">
              <PolicyLink snapshot={snapshot} policy={one.policy} />
              <span>{count(one.total)}×</span>
            </p>
          ))}
        </Part>
      )}
      {clusters.length > 1 && (
        <Part title="Split over">
          {clusters.map((one) => (
            <Share
              key={one.cluster}
              name={clusterName(one.cluster)}
              value={rate(one.requestsPerSecond)}
              part={total === 0 ? 0 : one.requestsPerSecond / total}
            />
          ))}
        </Part>
      )}
      <Instances workloads={workloads} />
      {traces.length > 0 && (
        <Part title="Recent traces">
          {traces.map((trace) => (
            <p key={trace.traceId} class="line-item">
              <Link to={tracePath(trace.traceId)}>
                <HealthMark health={trace.error ? "failing" : "healthy"} />
                {trace.name}
              </Link>
              <span>
                {millis(trace.durationMillis)} · {timeOfDay(trace.startedAt)}
              </span>
            </p>
          ))}
        </Part>
      )}
    </>
  );
}

function NodePanel({ snapshot, node }: { snapshot: Snapshot; node: GraphNode }) {
  const service = snapshot.services.find((one) => one.id === node.id);
  const callers = snapshot.graph.edges.filter((edge) => edge.destination === node.id);
  const called = snapshot.graph.edges.filter((edge) => edge.source === node.id);
  const policies = refusing(snapshot, node.id);
  return (
    <>
      <p class="kind">{node.kind === "service" ? `service in ${node.namespace}` : node.kind}</p>
      <h2>{service === undefined ? node.name : <Link to={serviceUrl(node.id)}>{node.name}</Link>}</h2>
      <p class="pills">
        <HealthPill health={node.health} />
        {node.mtls !== null && <Tag tone={node.mtls === "DISABLE" ? "warn" : undefined}>mTLS {node.mtls.toLowerCase()}</Tag>}
        <span class="muted">{nodeDetail(node)}</span>
      </p>
      {service !== undefined && <StatsBlock stats={service.inbound} />}
      {service !== undefined && (node.health === "failing" || node.health === "degraded") && (
        <Cause snapshot={snapshot} service={service} />
      )}
      {service !== undefined && (
        <SeriesCharts called={service.inbound.requestsTotal > 0} query={`service=${encodeURIComponent(node.id)}`} sequence={snapshot.sequence} />
      )}
      {policies.length > 0 && (
        <Part title="Calls refused by">
          {policies.map((one) => (
            <p key={one.policy + one.sourceId} class="line-item">
              <PolicyLink snapshot={snapshot} policy={one.policy} />
              <span>
                {count(one.total)}× {nodeName(snapshot, one.sourceId)}
              </span>
            </p>
          ))}
        </Part>
      )}
      <Calls title="Called by" snapshot={snapshot} edges={callers} end="source" />
      <Calls title="Calls" snapshot={snapshot} edges={called} end="destination" />
      <Instances workloads={snapshot.workloads.filter((one) => one.serviceId === node.id)} />
      {service !== undefined && (
        <p class="more">
          <Link to={serviceUrl(node.id)}>Everything on {node.name}</Link>
          <Link to={withQuery({ focus: node.id })}>Only its neighbours</Link>
          <Link to={`/faults?service=${node.id}`}>Test a fault</Link>
        </p>
      )}
    </>
  );
}

export function StatsBlock({ stats }: { stats: Stats }) {
  const errors = stats.errorRatio ?? 0;
  return (
    <dl class="metrics four">
      <Metric label="Rate" value={rate(stats.requestsPerSecond)} />
      <Metric
        label="Errors"
        value={stats.errorRatio === null ? "no calls" : percent(stats.errorRatio)}
        tone={errors >= 0.1 ? "bad" : errors >= 0.01 ? "warn" : undefined}
      />
      <Metric label="p50" value={millis(stats.p50Millis)} />
      <Metric label="p99" value={millis(stats.p99Millis)} />
    </dl>
  );
}

/** Calls are counted once, however many attempts they took; these are the attempts beyond. */
function Retries({ stats }: { stats: Stats }) {
  if (stats.retriesTotal === 0) {
    return null;
  }
  return (
    <p class="muted">
      {rate(stats.retriesPerSecond)} retries now, {count(stats.retriesTotal)} in all, beyond {count(stats.requestsTotal)} calls
    </p>
  );
}

function Calls(props: { title: string; snapshot: Snapshot; edges: GraphEdge[]; end: "source" | "destination" }) {
  if (props.edges.length === 0) return null;
  const sorted = [...props.edges].sort((a, b) => b.stats.errorsPerSecond - a.stats.errorsPerSecond);
  return (
    <Part title={props.title}>
      {sorted.map((edge) => (
        <p key={edge.id} class="line-item">
          <Link to={withQuery({ sel: edge.id })}>
            <HealthMark health={edge.health} />
            {nodeName(props.snapshot, edge[props.end])}
          </Link>
          <span>
            {rate(edge.stats.requestsPerSecond)}
            <Errors ratio={edge.stats.errorRatio} />
            {edge.stats.refusedPerSecond > 0 && <b class="bad"> · refused</b>}
          </span>
        </p>
      ))}
    </Part>
  );
}

function Instances({ workloads }: { workloads: Snapshot["workloads"] }) {
  if (workloads.length === 0) return null;
  const sorted = [...workloads].sort((a, b) => b.inbound.errorsPerSecond - a.inbound.errorsPerSecond);
  return (
    <Part title="Instances">
      {sorted.map((one) => (
        <p key={one.instance} class="line-item">
          <span class="ellipsis">
            <HealthMark health={one.health} />
            {one.instance}
            {one.labels["version"] !== undefined && <Tag>{one.labels["version"]}</Tag>}
          </span>
          <span>
            {rate(one.inbound.requestsPerSecond)}
            <Errors ratio={one.inbound.errorRatio} />
          </span>
        </p>
      ))}
    </Part>
  );
}

function Share({ name, value, part }: { name: string; value: string; part: number }) {
  return (
    <div class="share">
      <p class="line-item">
        <span class="ellipsis">{name}</span>
        <span>
          {value} · <b>{percent(part)}</b>
        </span>
      </p>
      <svg class="bar" width="100%" height="4" aria-hidden="true">
        <rect class="track" width="100%" height="4" rx="2" />
        <rect class="fill" width={`${part * 100}%`} height="4" rx="2" />
      </svg>
    </div>
  );
}

export function PolicyLink({ snapshot, policy }: { snapshot: Snapshot; policy: string }) {
  const resource = policyResource(snapshot, policy);
  if (policy.startsWith("FaultTest/")) return <Link to="/faults">a fault test</Link>;
  const [, namespace, name] = policy.split("/");
  const text = name === undefined ? policy : `${namespace}/${name}`;
  return resource === undefined ? <span class="mono">{text}</span> : <Link to={resourceUrl(resource)}>{text}</Link>;
}
