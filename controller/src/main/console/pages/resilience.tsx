/** `/resilience`: what keeps trouble small, by service: retries, breakers, ejections, limits, and what they do now. */
import type { PolicyRefusals, ResourceName, Service, Snapshot } from "../core/api.ts";
import { ago, count, millis, percent, rate } from "../core/format.ts";
import { resourceOf } from "../core/model.ts";
import { Link, resourceUrl, serviceUrl } from "../core/router.tsx";
import { Cli } from "../ui/act.tsx";
import { PolicyLink } from "../graph/panel.tsx";
import { HealthPill, worstFirst } from "../ui/health.tsx";
import { Card, Empty, PageHead, Tag } from "../ui/parts.tsx";
import { Table } from "../ui/table.tsx";

/** What each kind can say of it. */
const KINDS = [
  "ResiliencePolicy",
  "DestinationRule",
  "XBackendTrafficPolicy",
  "RateLimitPolicy",
  "OverloadPolicy",
  "HTTPRoute",
  "GRPCRoute",
  "VirtualService",
];
/** Refusals of these are no matter of who may call. */
const REFUSING = ["ResiliencePolicy/", "DestinationRule/", "RateLimitPolicy/", "OverloadPolicy/"];
// A breaker that refused nothing for so long has closed, or nobody called.
const RECENT_SECONDS = 10;

export function ResiliencePage({ snapshot }: { snapshot: Snapshot }) {
  const rows = [...snapshot.services].sort((a, b) => worstFirst(a.health, b.health));
  return (
    <>
      <PageHead title="Resilience" sub="Retries, breakers and limits of each service, and what they do now" />
      <Card flush>
        {rows.length === 0 ? (
          <Empty icon="services" title="No service has joined yet">
            <Link class="button primary" to="/connect">
              Connect a service
            </Link>
          </Empty>
        ) : (
          <Table
            label="Services"
            rows={rows}
            rowKey={(one) => one.id}
            columns={[
              {
                head: "Service",
                by: (one) => one.id,
                cell: (one) => (
                  <Link class="strong" to={serviceUrl(one.id)}>
                    {one.id}
                  </Link>
                ),
              },
              { head: "Health", cell: (one) => <HealthPill health={one.health} /> },
              {
                head: "Retries",
                number: true,
                by: (one) => retries(snapshot, one),
                cell: (one) => <Retries snapshot={snapshot} service={one} />,
              },
              { head: "p99", number: true, by: (one) => one.inbound.p99Millis ?? -1, cell: (one) => millis(one.inbound.p99Millis) },
              { head: "Kept from it now", cell: (one) => <Kept snapshot={snapshot} service={one} /> },
              {
                head: "Policies and routes",
                cell: (one) => <Policies snapshot={snapshot} resources={one.resources.filter((r) => KINDS.includes(r.kind))} />,
              },
            ]}
          />
        )}
      </Card>
      <Cli text="endomesh get resiliencepolicies" />
    </>
  );
}

function retries(snapshot: Snapshot, service: Service): number {
  return snapshot.graph.edges
    .filter((edge) => edge.destination === service.id)
    .reduce((sum, edge) => sum + edge.stats.retriesPerSecond, 0);
}

function Retries({ snapshot, service }: { snapshot: Snapshot; service: Service }) {
  const now = retries(snapshot, service);
  if (now === 0) return <>–</>;
  const calls = service.inbound.requestsPerSecond;
  return (
    <>
      {rate(now)}
      {calls > 0 && <small class="muted"> {percent(now / calls)}</small>}
    </>
  );
}

/** Calls that a breaker or a limit answers in the service's place: open is one that did so a moment ago. */
function Kept({ snapshot, service }: { snapshot: Snapshot; service: Service }) {
  const all = snapshot.refusals.policies.filter(
    (one) => one.destinationId === service.id && REFUSING.some((kind) => one.policy.startsWith(kind)),
  );
  if (all.length === 0) return <>–</>;
  return (
    <>
      {byPolicy(all).map((one) => (
        <div key={one.policy}>
          {isRecent(one, snapshot.status.now) ? <Tag tone="bad">{word(one.policy)}</Tag> : <Tag>at rest</Tag>}{" "}
          <PolicyLink snapshot={snapshot} policy={one.policy} />{" "}
          <small class="muted">
            {count(one.total)}×, {ago(one.lastAt, snapshot.status.now)}
          </small>
        </div>
      ))}
    </>
  );
}

function word(policy: string): string {
  return policy.startsWith("ResiliencePolicy/") ? "open" : "refuses";
}

function isRecent(one: PolicyRefusals, now: string): boolean {
  return Date.parse(now) - Date.parse(one.lastAt) < RECENT_SECONDS * 1000;
}

/** Of all callers together. */
function byPolicy(all: PolicyRefusals[]): PolicyRefusals[] {
  const sums = new Map<string, PolicyRefusals>();
  for (const one of all) {
    const known = sums.get(one.policy);
    const lastAt = known !== undefined && known.lastAt > one.lastAt ? known.lastAt : one.lastAt;
    sums.set(one.policy, { ...one, lastAt, total: one.total + (known?.total ?? 0) });
  }
  return [...sums.values()];
}

function Policies({ snapshot, resources }: { snapshot: Snapshot; resources: ResourceName[] }) {
  if (resources.length === 0) return <>–</>;
  return (
    <>
      {resources.map((one) => {
        const known = resourceOf(snapshot, one);
        return (
          <div key={`${one.kind}/${one.namespace}/${one.name}`}>
            {known === undefined ? one.name : <Link to={resourceUrl(known)}>{one.name}</Link>}{" "}
            <small class="muted">{one.kind}</small>
          </div>
        );
      })}
    </>
  );
}
