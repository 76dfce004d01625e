/** `/graph`: who calls whom right now, as a drawing and as a table. */
import { useEffect, useMemo } from "preact/hooks";
import type { Graph, GraphEdge, Snapshot } from "../core/api.ts";
import { count, millis, percent, plural, rate } from "../core/format.ts";
import { nodeName } from "../core/model.ts";
import { go, Link, usePlace, withQuery } from "../core/router.tsx";
import { Drawing, unhealthy } from "../graph/drawing.tsx";
import { GROUP, narrowed } from "../graph/narrow.ts";
import { Panel } from "../graph/panel.tsx";
import { Icon } from "../ui/icons.tsx";
import { HealthMark, HealthPill, HealthShape, worstFirst } from "../ui/health.tsx";
import { Empty, Metric, Tag } from "../ui/parts.tsx";
import { Table } from "../ui/table.tsx";

// Beyond this nobody reads boxes: namespaces are drawn as one each, unless the address says otherwise.
const GROUPED_NODES = 60;
// Beyond this laying them out takes longer than a moment, and a table serves better.
const DRAWN_NODES = 600;
const MOST_HOPS = 5;

export function GraphPage({ snapshot }: { snapshot: Snapshot }) {
  const { query } = usePlace();
  const selected = query.get("sel");
  const focus = query.get("focus");
  const namespace = query.get("ns");
  const hops = Math.min(MOST_HOPS, Math.max(1, Number(query.get("hops") ?? "1") || 1));
  const open = openNamespaces(snapshot.graph, query, focus ?? namespace);
  const graph = useMemo(
    () => narrowed(snapshot.graph, { focus, hops, namespace, open }),
    [snapshot.graph, focus, hops, namespace, open?.join()],
  );
  // Small graphs keep the places of the whole in each part of it.
  const large = snapshot.graph.nodes.length > GROUPED_NODES;
  const view = large ? `${focus} ${hops} ${namespace} ${open === null}` : open === null ? "" : "grouped";
  const table = query.get("view") === "table" || graph.nodes.length > DRAWN_NODES;

  useEffect(() => {
    const key = (event: KeyboardEvent) => {
      if (event.key !== "Escape" || event.defaultPrevented) return;
      go(withQuery(selected === null ? { focus: null, hops: null } : { sel: null }));
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
          <>
            <Link class="chip" to={withQuery({ focus: null, hops: null })}>
              Around {nodeName(snapshot, focus)} <Icon name="close" size={12} />
            </Link>
            <Hops hops={hops} />
          </>
        )}
        {open?.map((one) => (
          <Link key={one} class="chip" to={withQuery({ open: open.filter((other) => other !== one).join() })}>
            {one} <Icon name="close" size={12} />
            <span class="sr"> drawn as one again</span>
          </Link>
        ))}
        <span class="space" />
        <Grouping snapshot={snapshot} grouped={open !== null} />
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
            key={view}
            view={view}
            graph={graph}
            selected={selected}
            onSelect={(id) => go(withQuery({ sel: id }))}
            onFocus={(id) =>
              go(
                id.startsWith(GROUP)
                  ? withQuery({ open: [...(open ?? []), id.slice(GROUP.length)].join(), sel: null })
                  : withQuery({ focus: id, sel: id }),
              )
            }
          />
        )}
        {selected === null ? (
          !table && <Summary graph={graph} />
        ) : (
          <Panel snapshot={snapshot} graph={graph} selected={selected} onClose={() => go(withQuery({ sel: null }))} />
        )}
      </div>
    </div>
  );
}

/** Which namespaces are drawn with their services while the others are one box each; null if none is. */
function openNamespaces(graph: Graph, query: URLSearchParams, part: string | null): string[] | null {
  const group = query.get("group");
  const grouped = group === "namespace" || (group === null && part === null && graph.nodes.length > GROUPED_NODES);
  if (!grouped) return null;
  return (query.get("open") ?? "").split(",").filter((one) => one !== "");
}

function Hops({ hops }: { hops: number }) {
  return (
    <label class="select">
      <span class="sr">How far</span>
      <select name="hops" value={hops} onChange={(event) => go(withQuery({ hops: event.currentTarget.value }))}>
        {Array.from({ length: MOST_HOPS }, (_, i) => (
          <option key={i} value={i + 1}>
            {plural(i + 1, "hop")}
          </option>
        ))}
      </select>
    </label>
  );
}

function Grouping({ snapshot, grouped }: { snapshot: Snapshot; grouped: boolean }) {
  const namespaces = new Set(snapshot.graph.nodes.flatMap((node) => node.namespace ?? []));
  if (namespaces.size < 2) return null;
  return (
    <label class="select">
      <span class="sr">One box for each</span>
      <select
        name="group"
        value={grouped ? "namespace" : "none"}
        onChange={(event) => go(withQuery({ group: event.currentTarget.value, open: null, sel: null }))}
      >
        <option value="none">Box per service</option>
        <option value="namespace">Box per namespace</option>
      </select>
    </label>
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
function Summary({ graph }: { graph: Graph }) {
  const total = sum(graph, (edge) => edge.stats.requestsPerSecond);
  const errors = sum(graph, (edge) => edge.stats.errorsPerSecond);
  const named = (id: string) => graph.nodes.find((node) => node.id === id)?.name ?? id;
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
              {named(edge.source)} → {named(edge.destination)}
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
                {named(edge.source)} → {named(edge.destination)}
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
