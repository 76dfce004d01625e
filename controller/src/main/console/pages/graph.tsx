/** `/graph`: who calls whom right now, as a drawing and as a table. */
import { useEffect } from "preact/hooks";
import type { Graph, GraphEdge, Snapshot } from "../core/api.ts";
import { count, millis, percent, plural, rate } from "../core/format.ts";
import { nodeName } from "../core/model.ts";
import { go, Link, usePlace, withQuery } from "../core/router.tsx";
import { Drawing, unhealthy } from "../graph/drawing.tsx";
import { Panel } from "../graph/panel.tsx";
import { Icon } from "../ui/icons.tsx";
import { HealthMark, HealthPill, HealthShape, worstFirst } from "../ui/health.tsx";
import { Empty, Metric, Tag } from "../ui/parts.tsx";
import { Table } from "../ui/table.tsx";

// Beyond this nobody reads boxes, and laying them out takes longer than a second.
const DRAWN_NODES = 150;

export function GraphPage({ snapshot }: { snapshot: Snapshot }) {
  const { query } = usePlace();
  const selected = query.get("sel");
  const focus = query.get("focus");
  const namespace = query.get("ns");
  const graph = narrowed(snapshot.graph, focus, namespace);
  const table = query.get("view") === "table" || graph.nodes.length > DRAWN_NODES;

  useEffect(() => {
    const key = (event: KeyboardEvent) => {
      if (event.key !== "Escape" || event.defaultPrevented) return;
      go(withQuery(selected === null ? { focus: null } : { sel: null }));
    };
    window.addEventListener("keydown", key);
    return () => window.removeEventListener("keydown", key);
  }, [selected, focus]);

  if (snapshot.graph.nodes.length === 0) {
    return (
      <Empty page icon="graph" title="No service has joined yet">
        <p>The graph draws itself from the calls that the agents see.</p>
        <Link class="button primary" to="/connect">
          Connect a service
        </Link>
      </Empty>
    );
  }
  return (
    <div class="graph-page">
      <div class="toolbar">
        <h1>Service graph</h1>
        <span class="muted">
          {plural(graph.nodes.length, "node")}, {plural(graph.edges.length, "connection")}, last{" "}
          {snapshot.graph.windowSeconds} s
        </span>
        {focus !== null && (
          <Link class="chip" to={withQuery({ focus: null })}>
            Around {nodeName(snapshot, focus)} <Icon name="close" size={12} />
          </Link>
        )}
        <span class="space" />
        <Namespaces snapshot={snapshot} chosen={namespace} />
        <div class="switch" role="group" aria-label="Show as">
          <Link to={withQuery({ view: null })} aria-current={table ? undefined : "true"}>
            <Icon name="graph" size={14} /> Graph
          </Link>
          <Link to={withQuery({ view: "table" })} aria-current={table ? "true" : undefined}>
            <Icon name="table" size={14} /> Table
          </Link>
        </div>
      </div>
      <div class={table && selected === null ? "stage whole" : "stage"}>
        {table ? (
          <EdgeTable snapshot={snapshot} edges={graph.edges} selected={selected} />
        ) : (
          <Drawing
            graph={graph}
            selected={selected}
            onSelect={(id) => go(withQuery({ sel: id }))}
            onFocus={(id) => go(withQuery({ focus: id, sel: id }))}
          />
        )}
        {selected === null ? (
          !table && <Summary snapshot={snapshot} graph={graph} />
        ) : (
          <Panel snapshot={snapshot} selected={selected} onClose={() => go(withQuery({ sel: null }))} />
        )}
      </div>
    </div>
  );
}

function Namespaces({ snapshot, chosen }: { snapshot: Snapshot; chosen: string | null }) {
  const all = [...new Set(snapshot.graph.nodes.flatMap((node) => node.namespace ?? []))].sort();
  if (all.length < 2) return null;
  return (
    <label class="select">
      <span class="sr">Namespace</span>
      <select value={chosen ?? ""} onChange={(event) => go(withQuery({ ns: event.currentTarget.value }))}>
        <option value="">All namespaces</option>
        {all.map((namespace) => (
          <option key={namespace} value={namespace}>
            {namespace}
          </option>
        ))}
      </select>
    </label>
  );
}

/** The panel while nothing is chosen: the whole, what is wrong in it, and what the signs mean. */
function Summary({ snapshot, graph }: { snapshot: Snapshot; graph: Graph }) {
  const total = sum(graph, (edge) => edge.stats.requestsPerSecond);
  const errors = sum(graph, (edge) => edge.stats.errorsPerSecond);
  const troubled = graph.edges
    .filter((edge) => unhealthy(edge) || edge.stats.refusedPerSecond > 0)
    .sort((a, b) => worstFirst(a.health, b.health));
  return (
    <aside class="panel" aria-label="Summary">
      <h2>The mesh now</h2>
      <dl class="metrics two">
        <Metric label="Calls" value={rate(total)} />
        <Metric
          label="Errors"
          value={total === 0 ? "no calls" : percent(errors / total)}
          tone={errors > 0.1 * total ? "bad" : errors > 0.01 * total ? "warn" : undefined}
        />
      </dl>
      <section class="part">
        <h3>Unhealthy connections</h3>
        {troubled.length === 0 && <p class="muted">None. Choose a box or a line for its details.</p>}
        {troubled.map((edge) => (
          <p key={edge.id} class="line-item">
            <Link to={withQuery({ sel: edge.id })}>
              {unhealthy(edge) ? (
                <HealthMark health={edge.health} />
              ) : (
                <span class="mark bad">
                  <Icon name="block" size={12} />
                </span>
              )}
              {nodeName(snapshot, edge.source)} → {nodeName(snapshot, edge.destination)}
            </Link>
            <b class="bad">{unhealthy(edge) ? `${percent(edge.stats.errorRatio)} errors` : "refused"}</b>
          </p>
        ))}
      </section>
      <section class="part">
        <h3>Busiest</h3>
        {[...graph.edges]
          .sort((a, b) => b.stats.requestsPerSecond - a.stats.requestsPerSecond)
          .slice(0, 5)
          .map((edge) => (
            <p key={edge.id} class="line-item">
              <Link to={withQuery({ sel: edge.id })}>
                {nodeName(snapshot, edge.source)} → {nodeName(snapshot, edge.destination)}
              </Link>
              <span>{rate(edge.stats.requestsPerSecond)}</span>
            </p>
          ))}
      </section>
      <section class="part legend">
        <h3>Signs</h3>
        <ul>
          <li>
            <HealthShape health="healthy" /> healthy
          </li>
          <li>
            <HealthShape health="degraded" /> from 1 % errors
          </li>
          <li>
            <HealthShape health="failing" /> from 10 % errors
          </li>
          <li>
            <HealthShape health="idle" /> no calls
          </li>
          <li>
            <Icon name="unlocked" size={12} /> not mTLS
          </li>
          <li>
            <Icon name="block" size={12} /> refused by policy
          </li>
        </ul>
      </section>
    </aside>
  );
}

function sum(graph: Graph, of: (edge: GraphEdge) => number): number {
  return graph.edges.reduce((total, edge) => total + of(edge), 0);
}

export function EdgeTable(props: { snapshot: Snapshot; edges: GraphEdge[]; selected?: string | null }) {
  const name = (id: string) => nodeName(props.snapshot, id);
  return (
    <Table
      label="Connections"
      rows={[...props.edges].sort((a, b) => worstFirst(a.health, b.health))}
      rowKey={(edge) => edge.id}
      selected={props.selected ?? null}
      onRow={(edge) => go(withQuery({ sel: edge.id }))}
      columns={[
        {
          head: "Caller",
          by: (edge) => name(edge.source),
          cell: (edge) => <Link to={withQuery({ sel: edge.id })}>{name(edge.source)}</Link>,
        },
        { head: "Called", by: (edge) => name(edge.destination), cell: (edge) => name(edge.destination) },
        { head: "Health", cell: (edge) => <HealthPill health={edge.health} /> },
        { head: "Protocol", by: (e) => e.protocol, cell: (edge) => edge.protocol, minor: true },
        {
          head: "Rate",
          number: true,
          by: (edge) => edge.stats.requestsPerSecond,
          cell: (edge) => rate(edge.stats.requestsPerSecond),
        },
        {
          head: "Errors",
          number: true,
          by: (edge) => edge.stats.errorRatio ?? -1,
          cell: (edge) => percent(edge.stats.errorRatio),
        },
        { head: "p50", number: true, by: (e) => e.stats.p50Millis ?? -1, cell: (edge) => millis(edge.stats.p50Millis) },
        { head: "p99", number: true, by: (e) => e.stats.p99Millis ?? -1, cell: (edge) => millis(edge.stats.p99Millis) },
        {
          head: "Refused",
          number: true,
          minor: true,
          by: (edge) => edge.stats.refusedTotal,
          cell: (edge) => count(edge.stats.refusedTotal),
        },
        {
          head: "mTLS",
          minor: true,
          cell: (edge) => <Tag tone={edge.mtls === "all" ? "ok" : undefined}>{edge.mtls}</Tag>,
        },
      ]}
    />
  );
}

/** The part of the graph that the address asks for. Positions stay those of the whole. */
function narrowed(graph: Graph, focus: string | null, namespace: string | null): Graph {
  let keep = new Set(graph.nodes.map((node) => node.id));
  const around = (centre: (id: string) => boolean) => {
    const near = new Set(graph.nodes.map((node) => node.id).filter(centre));
    for (const edge of graph.edges) {
      if (centre(edge.source)) near.add(edge.destination);
      if (centre(edge.destination)) near.add(edge.source);
    }
    return near;
  };
  if (namespace !== null) {
    const inside = new Set(graph.nodes.filter((n) => n.namespace === namespace).map((n) => n.id));
    keep = around((id) => inside.has(id));
  }
  if (focus !== null) {
    const near = around((id) => id === focus);
    keep = new Set([...keep].filter((id) => near.has(id)));
  }
  return {
    ...graph,
    nodes: graph.nodes.filter((node) => keep.has(node.id)),
    edges: graph.edges.filter((edge) => keep.has(edge.source) && keep.has(edge.destination)),
  };
}
