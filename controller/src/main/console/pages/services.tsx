/** `/services`: every service with its golden signals. */
import type { Service, Snapshot } from "../core/api.ts";
import { millis, percent, plural, rate } from "../core/format.ts";
import { go, Link, serviceUrl, usePlace, withQuery } from "../core/router.tsx";
import { HealthPill, worstFirst } from "../ui/health.tsx";
import { Card, Empty, PageHead, Search, Tag } from "../ui/parts.tsx";
import { Table } from "../ui/table.tsx";

export function ServicesPage({ snapshot }: { snapshot: Snapshot }) {
  const { query } = usePlace();
  const text = query.get("q") ?? "";
  const rows = snapshot.services
    .filter((service) => service.id.toLowerCase().includes(text.toLowerCase()))
    .sort((a, b) => worstFirst(a.health, b.health) || a.id.localeCompare(b.id));
  return (
    <>
      <PageHead title="Services" sub={`${plural(snapshot.services.length, "service")}, ${plural(snapshot.workloads.length, "instance")}`}>
        <Search label="Filter services" value={text} onChange={(q) => go(withQuery({ q }), true)} />
      </PageHead>
      {snapshot.services.length === 0 ? (
        <Empty icon="services" title="No service has joined yet">
          <p>A service appears here when its agent registers.</p>
          <Link class="button primary" to="/connect">
            Connect a service
          </Link>
        </Empty>
      ) : rows.length === 0 ? (
        <Empty icon="search" title={`No service is called “${text}”`}>
          <Link class="button" to={withQuery({ q: null })}>
            Show all
          </Link>
        </Empty>
      ) : (
        <Card flush>
          <ServiceTable rows={rows} />
        </Card>
      )}
    </>
  );
}

function ServiceTable({ rows }: { rows: Service[] }) {
  return (
    <Table
      label="Services"
      rows={rows}
      rowKey={(service) => service.id}
      onRow={(service) => go(serviceUrl(service.id))}
      columns={[
        {
          head: "Service",
          by: (service) => service.name,
          cell: (service) => (
            <>
              <Link class="strong" to={serviceUrl(service.id)}>
                {service.name}
              </Link>
              {service.versions.map((version) => (
                <Tag key={version}>{version}</Tag>
              ))}
            </>
          ),
        },
        { head: "Namespace", by: (service) => service.namespace, cell: (service) => service.namespace },
        { head: "Health", cell: (service) => <HealthPill health={service.health} /> },
        {
          head: "Instances",
          number: true,
          by: (service) => service.connected,
          cell: (service) =>
            service.connected === service.workloads ? service.workloads : `${service.connected} of ${service.workloads}`,
        },
        {
          head: "Rate",
          number: true,
          by: (service) => service.inbound.requestsPerSecond,
          cell: (service) => rate(service.inbound.requestsPerSecond),
        },
        {
          head: "Errors",
          number: true,
          by: (service) => service.inbound.errorRatio ?? -1,
          cell: (service) => percent(service.inbound.errorRatio),
        },
        {
          head: "p50",
          number: true,
          minor: true,
          by: (service) => service.inbound.p50Millis ?? -1,
          cell: (service) => millis(service.inbound.p50Millis),
        },
        {
          head: "p99",
          number: true,
          by: (service) => service.inbound.p99Millis ?? -1,
          cell: (service) => millis(service.inbound.p99Millis),
        },
        {
          head: "mTLS",
          minor: true,
          by: (service) => service.mtls,
          cell: (service) => <Tag tone={service.mtls === "DISABLE" ? "warn" : service.mtls === "STRICT" ? "ok" : undefined}>{service.mtls.toLowerCase()}</Tag>,
        },
      ]}
    />
  );
}
