/** Beside the graph: a namespace that is drawn as one box, and all calls between two boxes. */
import type { Graph, GraphEdge, GraphNode, Snapshot } from "../core/api.ts";
import { rate } from "../core/format.ts";
import { nodeName } from "../core/model.ts";
import { Link, withQuery } from "../core/router.tsx";
import { HealthMark, HealthPill, worstFirst } from "../ui/health.tsx";
import { nodeDetail } from "./drawing.tsx";
import { Encryption, Errors, Part } from "./parts.tsx";

/** A namespace that is drawn as one box. */
export function GroupPanel({ snapshot, node }: { snapshot: Snapshot; node: GraphNode }) {
  const members = new Set(node.members);
  const services = snapshot.graph.nodes.filter((one) => members.has(one.id));
  const opened = new URLSearchParams(window.location.search).get("open");
  return (
    <>
      <p class="kind">namespace</p>
      <h2>{node.name}</h2>
      <p class="pills">
        <HealthPill health={node.health} />
        <span class="muted">{nodeDetail(node)}</span>
      </p>
      <p class="more">
        <Link to={withQuery({ open: [...(opened ?? "").split(","), node.name].filter((one) => one !== "").join(), sel: null })}>
          Draw its services
        </Link>
        <Link to={withQuery({ ns: node.name, group: null, open: null, sel: null })}>Only this namespace</Link>
      </p>
      <Part title="Services">
        {services
          .sort((a, b) => worstFirst(a.health, b.health))
          .map((one) => (
            <p key={one.id} class="line-item">
              <Link to={withQuery({ sel: one.id })}>
                <HealthMark health={one.health} />
                {one.name}
              </Link>
            </p>
          ))}
      </Part>
    </>
  );
}

/** All calls between two boxes of which one is a namespace. */
export function BundlePanel({ snapshot, graph, edge }: { snapshot: Snapshot; graph: Graph; edge: GraphEdge }) {
  const members = new Set(edge.members);
  const name = (id: string) => graph.nodes.find((one) => one.id === id)?.name ?? id;
  const calls = snapshot.graph.edges.filter((one) => members.has(one.id));
  return (
    <>
      <p class="kind">calls between {name(edge.source)} and {name(edge.destination)}</p>
      <h2>
        <Link to={withQuery({ sel: edge.source })}>{name(edge.source)}</Link>
        <span class="arrow-text" aria-label="to">
          →
        </span>
        <Link to={withQuery({ sel: edge.destination })}>{name(edge.destination)}</Link>
      </h2>
      <p class="pills">
        <HealthPill health={edge.health} />
        <Encryption mtls={edge.mtls} protocol={edge.protocol} />
        <span class="muted">
          {rate(edge.stats.requestsPerSecond)}
          <Errors ratio={edge.stats.errorRatio} />
        </span>
      </p>
      <Part title="Calls">
        {calls
          .sort((a, b) => worstFirst(a.health, b.health) || b.stats.requestsPerSecond - a.stats.requestsPerSecond)
          .map((one) => (
            <p key={one.id} class="line-item">
              <Link to={withQuery({ sel: one.id })}>
                <HealthMark health={one.health} />
                {nodeName(snapshot, one.source)} → {nodeName(snapshot, one.destination)}
              </Link>
              <span>
                {rate(one.stats.requestsPerSecond)}
                <Errors ratio={one.stats.errorRatio} />
              </span>
            </p>
          ))}
      </Part>
    </>
  );
}
