/** What the pages ask of a snapshot beyond what the controller says word for word. */
import type { GraphEdge, GraphNode, Health, Snapshot, Workload } from "./api.ts";
import { percent, plural, rate } from "./format.ts";
import { resourceUrl, serviceUrl } from "./router.tsx";

/** A finding on the overview: worst first, each with a place to go. */
export interface Finding {
  key: string;
  severity: "error" | "warning" | "info";
  title: string;
  detail: string;
  to: string;
}

const SEVERITY = { error: 0, warning: 1, info: 2 };

export function findings(snapshot: Snapshot): Finding[] {
  const found: Finding[] = [
    ...snapshot.status.problems.map((problem, i) => ({
      key: `problem:${problem.subject}:${i}`,
      severity: problem.severity,
      title: problem.message,
      detail: problem.subject,
      to: subjectUrl(snapshot, problem.subject),
    })),
    ...snapshot.graph.edges.flatMap((edge) => edgeFindings(snapshot, edge)),
    ...snapshot.workloads.flatMap((workload) => workloadFindings(workload)),
  ];
  return found.sort((a, b) => SEVERITY[a.severity] - SEVERITY[b.severity]);
}

function edgeFindings(snapshot: Snapshot, edge: GraphEdge): Finding[] {
  const way = `${nodeName(snapshot, edge.source)} → ${nodeName(snapshot, edge.destination)}`;
  const to = `/graph?sel=${edge.id}`;
  const found: Finding[] = [];
  if (edge.health === "failing" || edge.health === "degraded") {
    found.push({
      key: `edge:${edge.id}`,
      severity: edge.health === "failing" ? "error" : "warning",
      title: `${way}: ${percent(edge.stats.errorRatio)} of calls fail`,
      detail: `${rate(edge.stats.errorsPerSecond)} errors of ${rate(edge.stats.requestsPerSecond)} ${edge.protocol} calls`,
      to,
    });
  }
  if (edge.stats.refusedPerSecond > 0) {
    found.push({
      key: `refused:${edge.id}`,
      severity: "warning",
      title: `${way}: calls are refused by policy`,
      detail: `${rate(edge.stats.refusedPerSecond)} refused${policyOf(snapshot, edge)}`,
      to: "/access",
    });
  }
  return found;
}

function policyOf(snapshot: Snapshot, edge: GraphEdge): string {
  const policy = refusing(snapshot, edge.destination, edge.source)[0];
  return policy === undefined ? "" : ` by ${policy.policy}`;
}

function workloadFindings(workload: Workload): Finding[] {
  const to = serviceUrl(workload.serviceId);
  const found: Finding[] = [];
  const { wanted, acked, rejection } = workload.configuration;
  if (rejection !== null) {
    found.push({
      key: `rejection:${workload.instance}`,
      severity: "error",
      title: `${workload.instance} rejected configuration ${wanted}`,
      detail: `It keeps ${acked ?? "none"}: ${rejection}`,
      to,
    });
  }
  const off = workload.instrumentations.filter((one) => !one.enabled && one.reason !== "");
  if (off.length > 0) {
    found.push({
      key: `off:${workload.instance}`,
      severity: "info",
      title: `${workload.instance}: ${plural(off.length, "instrumentation")} switched off`,
      detail: off.map((one) => `${one.name}: ${one.reason}`).join("; "),
      to,
    });
  }
  return found;
}

function subjectUrl(snapshot: Snapshot, subject: string): string {
  if (snapshot.services.some((service) => service.id === subject)) return serviceUrl(subject);
  const workload = snapshot.workloads.find((one) => one.instance === subject);
  if (workload !== undefined) return serviceUrl(workload.serviceId);
  const resource = snapshot.resources.find((r) =>
    [`${r.kind}/${r.namespace}/${r.name}`, `${r.kind} ${r.namespace}/${r.name}`].includes(subject),
  );
  return resource === undefined ? "/services" : resourceUrl(resource);
}

export function nodeName(snapshot: Snapshot, id: string): string {
  return snapshot.graph.nodes.find((node) => node.id === id)?.name ?? id;
}

/** Which policies refused calls to a service, from one caller or from all. */
export function refusing(snapshot: Snapshot, destination: string, source?: string) {
  return snapshot.refusals.policies.filter(
    (one) => one.destinationId === destination && (source === undefined || one.sourceId === source),
  );
}

/** The resource that a policy name such as `AuthorizationPolicy/finance/only-orders#1` stands for. */
export function policyResource(snapshot: Snapshot, policy: string) {
  const [kind, namespace, name] = policy.split("#")[0]!.split("/");
  return snapshot.resources.find((r) => r.kind === kind && r.namespace === namespace && r.name === name);
}

export function nodeRate(edges: GraphEdge[], node: GraphNode): number {
  const sum = (all: GraphEdge[]) => all.reduce((total, edge) => total + edge.stats.requestsPerSecond, 0);
  const inbound = edges.filter((edge) => edge.destination === node.id);
  return inbound.length > 0 ? sum(inbound) : sum(edges.filter((edge) => edge.source === node.id));
}

/** The short part of `outbound|9090||inventory-v1.shop` that tells clusters of one edge apart. */
export function clusterName(cluster: string): string {
  const parts = cluster.split("|");
  return parts.length === 4 ? `${parts[3]}:${parts[1]}` : cluster;
}

export function worst(all: Health[]): Health {
  for (const health of ["failing", "degraded", "healthy"] as const) {
    if (all.includes(health)) return health;
  }
  return "idle";
}

/** How much is left of a certificate, and how bad that is: at half of its life it should have been renewed. */
export interface Life {
  /** 0 to 1; null without a certificate. */
  left: number | null;
  health: Health;
  word: string;
}

// As the agent's own log and the controller's findings have it.
const SOON = 0.25;
const VERY_SOON = 0.1;
const A_DAY = 86_400_000;

export function life(workload: Workload, nowIso: string): Life {
  if (workload.certificateNotAfter === null) return { left: null, health: "idle", word: "none" };
  const now = Date.parse(nowIso);
  const end = Date.parse(workload.certificateNotAfter);
  const whole = workload.certificateNotBefore === null ? A_DAY : end - Date.parse(workload.certificateNotBefore);
  const left = Math.max(0, Math.min(1, (end - now) / Math.max(1, whole)));
  if (now >= end) return { left, health: "failing", word: "ended" };
  if (left < VERY_SOON) return { left, health: "failing", word: "ends very soon" };
  if (left < SOON) return { left, health: "degraded", word: "ends soon" };
  if (workload.renewalProblem !== "") return { left, health: "degraded", word: "not renewed" };
  return { left, health: "healthy", word: "good" };
}

/** Where a resource is shown, if it is applied. */
export function resourceOf(snapshot: Snapshot, name: { kind: string; namespace: string; name: string }) {
  return snapshot.resources.find(
    (r) => r.kind === name.kind && r.namespace === name.namespace && r.name === name.name,
  );
}
