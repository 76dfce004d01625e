/** A snapshot from the one before and what changed: what did not stays the same object, and is drawn no second time. */
import type { Snapshot } from "./api.ts";

interface ListChange {
  /** New ones, and those with other fields than before. */
  entries?: Entry[];
  /** Their key, and the fields that changed. */
  changed?: Entry[];
  /** All of them, in their order; absent if none came or went. */
  keys?: string[];
}

type Entry = Record<string, unknown>;

/** One `change` event. */
export interface Change {
  sequence: number;
  since: number;
  status: Partial<Snapshot["status"]>;
  traces?: Snapshot["traces"];
  refusals?: Snapshot["refusals"];
  lists: Partial<Record<"services" | "workloads" | "nodes" | "edges" | "resources", ListChange>>;
}

/** Null if it is a change of another snapshot than this. */
export function changed(old: Snapshot | null, change: Change): Snapshot | null {
  if (old === null || old.sequence !== change.since) return null;
  const { lists } = change;
  const nodes = list(old.graph.nodes, lists.nodes, ["id"]);
  const edges = list(old.graph.edges, lists.edges, ["id"]);
  return {
    sequence: change.sequence,
    status: { ...old.status, ...change.status },
    services: list(old.services, lists.services, ["id"]),
    workloads: list(old.workloads, lists.workloads, ["serviceId", "instance"]),
    graph: nodes === old.graph.nodes && edges === old.graph.edges ? old.graph : { ...old.graph, nodes, edges },
    traces: change.traces ?? old.traces,
    refusals: change.refusals ?? old.refusals,
    resources: list(old.resources, lists.resources, ["kind", "namespace", "name"]),
  };
}

function list<T extends object>(old: T[], change: ListChange | undefined, key: (keyof T & string)[]): T[] {
  if (change === undefined) return old;
  const keyOf = (entry: object) => key.map((name) => String((entry as Entry)[name])).join(" ");
  const known = new Map(old.map((entry) => [keyOf(entry), entry]));
  for (const entry of change.entries ?? []) known.set(keyOf(entry), entry as T);
  for (const fields of change.changed ?? []) known.set(keyOf(fields), { ...known.get(keyOf(fields))!, ...fields });
  return (change.keys ?? old.map(keyOf)).map((one) => known.get(one)!);
}
