/** `/providers?q=`: whose word counts beside the mesh's own, and which policies go by it. */
import type { Issuer, Provider, Providers, Snapshot } from "../core/api.ts";
import { ago, count, plural } from "../core/format.ts";
import { go, Link, serviceUrl, usePlace, withQuery } from "../core/router.tsx";
import { Cli } from "../ui/act.tsx";
import { HealthShape } from "../ui/health.tsx";
import { Icon } from "../ui/icons.tsx";
import { useLoaded } from "../ui/loaded.ts";
import { ResourceLink, ResourceLinks } from "../ui/names.tsx";
import { Card, Empty, Failure, Loading, PageHead, Search, Tag } from "../ui/parts.tsx";
import { Table } from "../ui/table.tsx";

export function ProvidersPage({ snapshot }: { snapshot: Snapshot }) {
  const q = usePlace().query.get("q") ?? "";
  const known = `${snapshot.status.revision} ${snapshot.status.answers} ${snapshot.workloads.length}`;
  const { value, error } = useLoaded<Providers>("/api/v1/providers", known);
  const matches = (...texts: string[]) => texts.join(" ").toLowerCase().includes(q.toLowerCase());
  return (
    <>
      <PageHead title="Providers" sub="Whose word counts beside the mesh's own: issuers of tokens, and servers that decide.">
        <Search label="Issuer, provider or policy" value={q} onChange={(text) => go(withQuery({ q: text }), true)} />
        <Link class="button" to="/resources">
          <Icon name="resources" size={14} /> Resources
        </Link>
      </PageHead>
      {error !== null && <Failure error={error} />}
      {value === null ? (
        error === null && <Loading what="the providers" />
      ) : (
        <>
          {value.missing.map((one) => (
            <p class="failure" key={`${one.namespace}/${one.name}`} role="alert">
              <Icon name="alert" />
              <span>
                {one.kind} <ResourceLink snapshot={snapshot} of={one} /> asks {one.provider}, which is not there: what it
                matches is refused.
              </span>
            </p>
          ))}
          <Issuers
            snapshot={snapshot}
            rows={value.issuers.filter((one) => matches(one.issuer, one.name, ...one.policies.map((p) => p.name)))}
            filtered={q !== ""}
          />
          <Deciders
            snapshot={snapshot}
            rows={value.providers.filter((one) => matches(one.service, one.name, ...one.policies.map((p) => p.name)))}
            filtered={q !== ""}
          />
        </>
      )}
    </>
  );
}

interface RowsProps<T> {
  snapshot: Snapshot;
  rows: T[];
  filtered: boolean;
}

function Issuers({ snapshot, rows, filtered }: RowsProps<Issuer>) {
  const { now } = snapshot.status;
  return (
    <Card title="Issuers of tokens" flush>
      {rows.length === 0 ? (
        <Empty icon="provider" title={filtered ? "No issuer of this sort" : "Tokens of users are not looked at"}>
          <p>A RequestAuthentication says whose tokens (JWT) servers verify, a JoinIssuer whose let workloads join.</p>
        </Empty>
      ) : (
        <Table
          label="Issuers of tokens"
          rows={rows}
          rowKey={(one) => `${one.kind}/${one.namespace}/${one.name}/${one.field}`}
          columns={[
            {
              head: "Issuer",
              by: (one) => one.issuer,
              cell: (one) => (
                <div class="two-lines">
                  <b>{one.issuer}</b>
                  <small>
                    {one.keysFrom === null
                      ? "its keys come along in the resource"
                      : one.discovered
                        ? "asked where its keys are"
                        : `keys at ${one.keysFrom}`}
                  </small>
                </div>
              ),
            },
            {
              head: "Keys",
              cell: (one) => (
                <div class="two-lines">
                  <KeyState issuer={one} now={now} />
                  {one.failure !== null && <small>{one.failure}</small>}
                  <small title={one.keys.map((key) => key.kid ?? "without a name").join(", ")}>{keys(one)}</small>
                </div>
              ),
            },
            {
              head: "Audience",
              minor: true,
              cell: (one) => (one.audiences.length === 0 ? <span class="muted">any</span> : one.audiences.join(", ")),
            },
            {
              head: "Said by",
              by: (one) => one.name,
              cell: (one) => (
                <div class="two-lines">
                  <ResourceLink snapshot={snapshot} of={one} />
                  <small>{one.kind}</small>
                </div>
              ),
            },
            {
              head: "Policies that ask for its tokens",
              cell: (one) =>
                one.for === "joining" ? (
                  <span class="muted">–</span>
                ) : (
                  <ResourceLinks snapshot={snapshot} of={one.policies} />
                ),
            },
          ]}
        />
      )}
      <Cli text="endomesh authz issuers" />
    </Card>
  );
}

function keys(issuer: Issuer): string {
  if (issuer.keys.length === 0) return "its tokens are refused";
  const kinds = [...new Set(issuer.keys.map((key) => key.alg ?? key.kty ?? "?"))].join(", ");
  return `${plural(issuer.keys.length, "key")}: ${kinds}`;
}

function KeyState({ issuer, now }: { issuer: Issuer; now: string }) {
  const { failure, failingSince, fetchedAt } = issuer;
  const health = failure !== null ? (issuer.keys.length > 0 ? "degraded" : "failing") : issuer.keys.length > 0 ? "healthy" : "idle";
  return (
    <span>
      <span class="mark">
        <HealthShape health={health} />
      </span>
      {failure !== null
        ? `cannot be fetched${failingSince === null ? "" : ` since ${ago(failingSince, now).replace(" ago", "")}`}`
        : issuer.keysFrom === null
          ? "known"
          : fetchedAt === null
            ? issuer.keys.length > 0
              ? "of the last start"
              : "not fetched yet"
            : `fetched ${ago(fetchedAt, now)}`}
    </span>
  );
}

function Deciders({ snapshot, rows, filtered }: RowsProps<Provider>) {
  return (
    <Card title="Servers that decide about requests" flush>
      {rows.length === 0 ? (
        <Empty icon="provider" title={filtered ? "No provider of this sort" : "Nobody else decides"}>
          <p>An ExtAuthzProvider says who is asked about requests (Envoy's ext_authz over gRPC, such as OPA).</p>
        </Empty>
      ) : (
        <Table
          label="Servers that decide about requests"
          rows={rows}
          rowKey={(one) => `${one.namespace}/${one.name}`}
          columns={[
            { head: "Provider", by: (one) => one.name, cell: (one) => <ResourceLink snapshot={snapshot} of={one} /> },
            {
              head: "Asked at",
              by: (one) => one.service,
              cell: (one) =>
                one.serviceId === null ? (
                  <span class="mono">
                    {one.service}:{one.port}
                  </span>
                ) : (
                  <Link class="mono" to={serviceUrl(one.serviceId)}>
                    {one.service}:{one.port}
                  </Link>
                ),
            },
            { head: "State", cell: (one) => <Instances provider={one} /> },
            {
              head: "Without an answer",
              by: (one) => String(one.failOpen),
              cell: (one) => (
                <div class="two-lines">
                  {one.failOpen ? <Tag tone="warn">let in</Tag> : <Tag tone="ok">refused with {one.statusOnError}</Tag>}
                  <small>after {count(one.timeoutMillis)} ms</small>
                </div>
              ),
            },
            {
              head: "Is sent",
              minor: true,
              cell: (one) => (one.headers === null ? "all headers" : one.headers.join(", ")),
            },
            { head: "Policies that ask it", cell: (one) => <ResourceLinks snapshot={snapshot} of={one.policies} /> },
          ]}
        />
      )}
      <Cli text="endomesh authz providers" />
    </Card>
  );
}

function Instances({ provider }: { provider: Provider }) {
  if (provider.connected === null) return <span class="muted">outside the mesh</span>;
  return (
    <span>
      <span class="mark">
        <HealthShape health={provider.connected > 0 ? "healthy" : "failing"} />
      </span>
      {provider.connected > 0 ? plural(provider.connected, "instance") : "no instance is connected"}
    </span>
  );
}
