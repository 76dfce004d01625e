/** Why a service is unhealthy, in one place: its errors by sort, what changed last, the worst instance, a trace. */
import type { Service, Snapshot, Workload } from "../core/api.ts";
import { ago, percent, plural } from "../core/format.ts";
import { nodeName, resourceOf } from "../core/model.ts";
import { Link, resourceUrl, serviceUrl, tracePath } from "../core/router.tsx";
import { useLoaded } from "../ui/loaded.ts";
import { Tag } from "../ui/parts.tsx";

interface Share {
  name: string;
  count: number;
}

/** `GET /api/v1/causes`. */
interface Causes {
  since: string;
  traces: number;
  kinds: {
    kind: string;
    decidedBy: string | null;
    count: number;
    lastAt: string;
    traceId: string;
    instances: Share[];
    callers: Share[];
    operations: Share[];
  }[];
}

interface Change {
  revision: number;
  at: string;
  author: string;
  kind: string;
  namespace: string;
  name: string;
}

// Often enough to follow, seldom enough to be read.
const EVERY = 5;

export function Cause({ snapshot, service }: { snapshot: Snapshot; service: Service }) {
  const moment = Math.floor(snapshot.sequence / EVERY);
  const { value } = useLoaded<Causes>(`/api/v1/causes?service=${service.id}`, moment);
  return (
    <section class="part cause" aria-label="Why">
      <h3>Why</h3>
      <Kinds snapshot={snapshot} causes={value} />
      <dl class="facts">
        <LastChange snapshot={snapshot} service={service} />
        <Worst snapshot={snapshot} service={service} />
      </dl>
    </section>
  );
}

function Kinds({ snapshot, causes }: { snapshot: Snapshot; causes: Causes | null }) {
  if (causes === null) return null;
  if (causes.kinds.length === 0) return <p class="muted">No traced call of the last 5 min failed; few calls are traced.</p>;
  return (
    <>
      {causes.kinds.map((one) => (
        <p key={one.kind + one.decidedBy} class="cause-kind">
          <Tag tone="bad">{one.kind}</Tag> {one.count}×{" "}
          {one.decidedBy !== null && (
            <>
              by <Decider snapshot={snapshot} name={one.decidedBy} />{" "}
            </>
          )}
          <span class="muted">
            {one.operations[0] !== undefined && most(one.operations)}
            {one.callers.length > 0 && ` from ${one.callers.map((caller) => nodeName(snapshot, caller.name)).join(", ")}`}
            {one.instances.length > 0 && ` at ${most(one.instances)}`}
          </span>{" "}
          <Link to={tracePath(one.traceId)}>
            trace<span class="sr"> of {one.kind}</span>
          </Link>
        </p>
      ))}
    </>
  );
}

/** The one that has most of them, and how many others there are. */
function most(shares: Share[]): string {
  const [first, ...others] = shares;
  return others.length === 0 ? first!.name : `${first!.name} and ${others.length} more`;
}

function Decider({ snapshot, name }: { snapshot: Snapshot; name: string }) {
  if (name.startsWith("FaultTest/")) return <Link to="/faults">a fault test</Link>;
  const [kind, namespace, rest] = name.split(/[#/ ]/);
  const resource = resourceOf(snapshot, { kind: kind ?? "", namespace: namespace ?? "", name: rest ?? "" });
  return resource === undefined ? <>{name}</> : <Link to={resourceUrl(resource)}>{name}</Link>;
}

/** Of its resources, and of its instances: whichever was later. */
function LastChange({ snapshot, service }: { snapshot: Snapshot; service: Service }) {
  const { value } = useLoaded<{ changes: Change[] }>("/api/v1/history", snapshot.status.revision);
  const now = snapshot.status.now;
  const own = (change: Change) =>
    service.resources.some((one) => one.kind === change.kind && one.namespace === change.namespace && one.name === change.name);
  const change = value?.changes.filter(own).sort((a, b) => b.revision - a.revision)[0];
  const joined = snapshot.workloads
    .filter((one) => one.serviceId === service.id)
    .sort((a, b) => Date.parse(b.since) - Date.parse(a.since))[0];
  const resource = change === undefined ? undefined : resourceOf(snapshot, change);
  return (
    <>
      <dt>Last change</dt>
      <dd>
        {change === undefined ? (
          "none of its resources"
        ) : (
          <>
            {resource === undefined ? (
              `${change.kind} ${change.name}, deleted`
            ) : (
              <Link to={resourceUrl(resource)}>
                {change.kind} {change.name}
              </Link>
            )}
            , revision {change.revision} by {change.author}, {ago(change.at, now)}
          </>
        )}
      </dd>
      {joined !== undefined && (
        <>
          <dt>Last to join</dt>
          <dd>
            {joined.instance}
            {joined.labels["version"] !== undefined && ` (${joined.labels["version"]})`}, {ago(joined.since, now)}
          </dd>
        </>
      )}
    </>
  );
}

function Worst({ snapshot, service }: { snapshot: Snapshot; service: Service }) {
  const all = snapshot.workloads
    .filter((one) => one.serviceId === service.id && one.inbound.requestsPerSecond > 0)
    .sort((a, b) => (b.inbound.errorRatio ?? 0) - (a.inbound.errorRatio ?? 0));
  const worst = all[0];
  if (worst === undefined || (worst.inbound.errorRatio ?? 0) === 0) return null;
  return (
    <>
      <dt>Worst instance</dt>
      <dd>
        <Link to={`${serviceUrl(service.id)}#${worst.instance}`}>{worst.instance}</Link>:{" "}
        <b class="bad">{percent(worst.inbound.errorRatio)} errors</b>
        {all.length > 1 && `; ${plural(all.length - 1, "other")}: ${percent(ratio(all.slice(1)))}`}
      </dd>
    </>
  );
}

function ratio(workloads: Workload[]): number {
  const calls = workloads.reduce((sum, one) => sum + one.inbound.requestsPerSecond, 0);
  const errors = workloads.reduce((sum, one) => sum + one.inbound.errorsPerSecond, 0);
  return calls === 0 ? 0 : errors / calls;
}
