/** `/resources`: what is applied, and who changed it when. */
import type { ResourceRow, Snapshot } from "../core/api.ts";
import { ago, count, plural } from "../core/format.ts";
import { go, Link, resourceUrl, usePlace, withQuery } from "../core/router.tsx";
import { Card, Code, Empty, PageHead, Search, Tag } from "../ui/parts.tsx";
import { Table } from "../ui/table.tsx";
import { History } from "../ui/history.tsx";

export function ResourcesPage({ snapshot }: { snapshot: Snapshot }) {
  const { query } = usePlace();
  const history = query.get("view") === "history";
  const text = query.get("q") ?? "";
  const rows = snapshot.resources
    .filter((r) => `${r.kind}/${r.namespace}/${r.name}`.toLowerCase().includes(text.toLowerCase()))
    .sort((a, b) => a.kind.localeCompare(b.kind) || a.namespace.localeCompare(b.namespace) || a.name.localeCompare(b.name));
  return (
    <>
      <PageHead
        title="Resources"
        sub={`${plural(snapshot.resources.length, "resource")} applied, revision ${count(snapshot.status.revision)}`}
      >
        {!history && <Search label="Filter resources" value={text} onChange={(q) => go(withQuery({ q }), true)} />}
        <div class="switch" role="group" aria-label="Show">
          <Link to={withQuery({ view: null })} aria-current={history ? undefined : "true"}>
            Applied
          </Link>
          <Link to={withQuery({ view: "history", q: null })} aria-current={history ? "true" : undefined}>
            History
          </Link>
        </div>
      </PageHead>
      {history ? (
        <History snapshot={snapshot} />
      ) : snapshot.resources.length === 0 ? (
        <Empty icon="resources" title="No route or policy is applied">
          <p>Services find each other without one. A resource changes where calls go, and who may call:</p>
          <Code label="Command" text="endomesh apply -f route.yaml" />
        </Empty>
      ) : rows.length === 0 ? (
        <Empty icon="search" title={`Nothing matches “${text}”`}>
          <Link class="button" to={withQuery({ q: null })}>
            Show all
          </Link>
        </Empty>
      ) : (
        <Card flush>
          <ResourceTable snapshot={snapshot} rows={rows} />
        </Card>
      )}
    </>
  );
}

function ResourceTable({ snapshot, rows }: { snapshot: Snapshot; rows: ResourceRow[] }) {
  return (
    <Table
      label="Resources"
      rows={rows}
      rowKey={(row) => `${row.kind}/${row.namespace}/${row.name}`}
      onRow={(row) => go(resourceUrl(row))}
      columns={[
        {
          head: "Name",
          by: (row) => row.name,
          cell: (row) => (
            <Link class="strong" to={resourceUrl(row)}>
              {row.name}
            </Link>
          ),
        },
        { head: "Kind", by: (row) => row.kind, cell: (row) => <Tag>{row.kind}</Tag> },
        { head: "Namespace", by: (row) => row.namespace, cell: (row) => row.namespace },
        {
          head: "Applies to",
          cell: (row) => (
            <span class="muted">
              {snapshot.services
                .filter((s) => s.resources.some((r) => r.kind === row.kind && r.namespace === row.namespace && r.name === row.name))
                .map((service) => service.name)
                .join(", ") || "–"}
            </span>
          ),
        },
        { head: "Revision", number: true, by: (row) => row.revision, cell: (row) => count(row.revision) },
        {
          head: "Changed",
          number: true,
          by: (row) => row.updatedAt,
          cell: (row) => ago(row.updatedAt, snapshot.status.now),
        },
      ]}
    />
  );
}
