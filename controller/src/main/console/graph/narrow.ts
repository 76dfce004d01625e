/** The part of the graph that the address asks for, with namespaces drawn as one where they are to be. */
import type { Graph, GraphEdge, GraphNode, Health } from "../core/api.ts";
import { worst } from "../core/model.ts";

/** What stands in the place of the services of a namespace. */
export const GROUP = "namespace:";

export interface View {
  focus: string | null;
  hops: number;
  namespace: string | null;
  /** Namespaces are drawn as one box, but for these. */
  open: string[] | null;
}

export function narrowed(graph: Graph, view: View): Graph {
  const { focus, namespace } = view;
  let keep: Set<string> | null = null;
  if (namespace !== null) {
    const inside = new Set(graph.nodes.filter((one) => one.namespace === namespace).map((one) => one.id));
    keep = new Set(inside);
    for (const edge of graph.edges) {
      if (inside.has(edge.source)) keep.add(edge.destination);
      if (inside.has(edge.destination)) keep.add(edge.source);
    }
  }
  if (focus !== null) {
    const near = around(graph, focus, view.hops);
    keep = keep === null ? near : new Set([...keep].filter((id) => near.has(id)));
  }
  const part = keep === null ? graph : only(graph, keep);
  return view.open === null ? part : grouped(part, new Set(view.open));
}

function only(graph: Graph, keep: Set<string>): Graph {
  return {
    ...graph,
    nodes: graph.nodes.filter((node) => keep.has(node.id)),
    edges: graph.edges.filter((edge) => keep.has(edge.source) && keep.has(edge.destination)),
  };
}

/** Callers of its callers, and what is called by what it calls: not what else a common neighbour has to do with. */
function around(graph: Graph, centre: string, hops: number): Set<string> {
  const near = new Set([centre]);
  for (const [from, to] of [["source", "destination"], ["destination", "source"]] as const) {
    let edge = new Set([centre]);
    for (let hop = 0; hop < hops; hop++) {
      edge = new Set(graph.edges.filter((one) => edge.has(one[from])).map((one) => one[to]));
      edge.forEach((id) => near.add(id));
    }
  }
  return near;
}

/** One box for each namespace that is not open, one line for all calls between two boxes. */
function grouped(graph: Graph, open: Set<string>): Graph {
  const boxOf = new Map<string, string>();
  const members = new Map<string, GraphNode[]>();
  const nodes: GraphNode[] = [];
  for (const node of graph.nodes) {
    if (node.namespace === null || open.has(node.namespace)) {
      nodes.push(node);
      continue;
    }
    const id = GROUP + node.namespace;
    boxOf.set(node.id, id);
    const known = members.get(id);
    if (known === undefined) members.set(id, [node]);
    else known.push(node);
  }
  for (const [id, all] of members) nodes.push(box(id, all));
  const lines = new Map<string, GraphEdge[]>();
  for (const edge of graph.edges) {
    const source = boxOf.get(edge.source) ?? edge.source;
    const destination = boxOf.get(edge.destination) ?? edge.destination;
    // What is called within a box is its own affair.
    if (source === destination && source.startsWith(GROUP)) continue;
    const id = source === edge.source && destination === edge.destination ? edge.id : `${source}>${destination}`;
    const known = lines.get(id);
    if (known === undefined) lines.set(id, [edge]);
    else known.push(edge);
  }
  const edges = [...lines].map(([id, all]) => (id === all[0]!.id ? all[0]! : line(id, all)));
  return { ...graph, nodes, edges };
}

function box(id: string, members: GraphNode[]): GraphNode {
  return {
    id,
    kind: "namespace",
    namespace: null,
    name: id.slice(GROUP.length),
    workloads: sum(members, (one) => one.workloads),
    connected: sum(members, (one) => one.connected),
    versions: [],
    mtls: null,
    health: worst(members.map((one) => one.health)),
    members: members.map((one) => one.id),
  };
}

function line(id: string, all: GraphEdge[]): GraphEdge {
  const [source, destination] = id.split(">") as [string, string];
  const requests = sum(all, (one) => one.stats.requestsPerSecond);
  const errors = sum(all, (one) => one.stats.errorsPerSecond);
  return {
    ...all[0]!,
    id,
    source,
    destination,
    mtls: all.every((one) => one.mtls === "all") ? "all" : all.every((one) => one.mtls === "none") ? "none" : "some",
    health: worst(all.map((one): Health => one.health)),
    stats: {
      ...all[0]!.stats,
      requestsPerSecond: requests,
      errorsPerSecond: errors,
      errorRatio: requests === 0 ? null : errors / requests,
      refusedPerSecond: sum(all, (one) => one.stats.refusedPerSecond),
    },
    clusters: [],
    members: all.map((one) => one.id),
  };
}

function sum<T>(all: T[], of: (one: T) => number): number {
  return all.reduce((total, one) => total + of(one), 0);
}
