/** `/databases`: which databases the mesh calls, who calls them, how they do, and the policies for them. */
import type { GraphEdge, GraphNode, Snapshot, Stats } from "../core/api.ts";
import { ago, millis, percent, plural, rate } from "../core/format.ts";
import { nodeName, refusing } from "../core/model.ts";
import { Link, resourceUrl } from "../core/router.tsx";
import { Cli } from "../ui/act.tsx";
import { PolicyLink } from "../graph/panel.tsx";
import { HealthPill, worstFirst } from "../ui/health.tsx";
import { Card, Empty, PageHead } from "../ui/parts.tsx";
import { Table } from "../ui/table.tsx";

export function DatabasesPage({ snapshot }: { snapshot: Snapshot }) {
  const databases = snapshot.graph.nodes.filter((node) => node.kind === "database");
  const calls = snapshot.graph.edges.filter((edge) => databases.some((one) => one.id === edge.destination));
  const policies = snapshot.resources.filter((one) => one.kind === "DatabasePolicy");
  return (
    <>
      <PageHead title="Databases" sub="Statements as the callers' drivers see them, by JDBC and R2DBC" />
      {databases.length === 0 ? (
        <Empty icon="database" title="No database was called yet">
          <p>Statements of JDBC and R2DBC drivers appear here by themselves.</p>
        </Empty>
      ) : (
        <>
          <Card title="Databases" flush>
            <Databases snapshot={snapshot} databases={databases} calls={calls} />
          </Card>
          <Card title="Who calls them" flush>
            <Callers snapshot={snapshot} calls={calls} />
          </Card>
        </>
      )}
      <Card title="Policies" flush>
        {policies.length === 0 ? (
          <Empty icon="resources" title="No DatabasePolicy is applied">
            <p>One says who may read, write or define, for how long, and how many at a time.</p>
          </Empty>
        ) : (
          <Table
            label="Policies"
            rows={policies}
            rowKey={(one) => `${one.namespace}/${one.name}`}
            columns={[
              {
                head: "Policy",
                by: (one) => one.name,
                cell: (one) => (
                  <Link class="strong" to={resourceUrl(one)}>
                    {one.name}
                  </Link>
                ),
              },
              { head: "Namespace", by: (one) => one.namespace, cell: (one) => one.namespace },
              { head: "Changed", by: (one) => one.updatedAt, cell: (one) => ago(one.updatedAt, snapshot.status.now) },
            ]}
          />
        )}
        <Cli text="endomesh get databasepolicies" />
      </Card>
    </>
  );
}

function Databases(props: { snapshot: Snapshot; databases: GraphNode[]; calls: GraphEdge[] }) {
  const { snapshot, databases, calls } = props;
  const of = (node: GraphNode) => calls.filter((edge) => edge.destination === node.id);
  const sum = (node: GraphNode, field: (stats: Stats) => number) => of(node).reduce((all, edge) => all + field(edge.stats), 0);
  const errors = (node: GraphNode) => {
    const statements = sum(node, (stats) => stats.requestsPerSecond);
    return statements === 0 ? null : sum(node, (stats) => stats.errorsPerSecond) / statements;
  };
  const slowest = (node: GraphNode) => Math.max(-1, ...of(node).map((edge) => edge.stats.p99Millis ?? -1));
  return (
    <Table
      label="Databases"
      rows={[...databases].sort((a, b) => worstFirst(a.health, b.health))}
      rowKey={(one) => one.id}
      columns={[
        {
          head: "Database",
          by: (one) => one.name,
          cell: (one) => (
            <Link class="strong" to={`/graph?sel=${one.id}`}>
              {one.name}
            </Link>
          ),
        },
        { head: "Health", cell: (one) => <HealthPill health={one.health} /> },
        { head: "Callers", number: true, by: (one) => of(one).length, cell: (one) => plural(of(one).length, "service") },
        {
          head: "Statements",
          number: true,
          by: (one) => sum(one, (stats) => stats.requestsPerSecond),
          cell: (one) => rate(sum(one, (stats) => stats.requestsPerSecond)),
        },
        { head: "Errors", number: true, by: (one) => errors(one) ?? -1, cell: (one) => percent(errors(one)) },
        {
          head: "Slowest p99",
          number: true,
          by: slowest,
          cell: (one) => millis(slowest(one) < 0 ? null : slowest(one)),
        },
        {
          head: "Refused by",
          minor: true,
          cell: (one) => {
            const policies = [...new Set(refusing(snapshot, one.id).map((refusal) => refusal.policy))];
            return policies.length === 0
              ? "–"
              : policies.map((policy) => <PolicyLink key={policy} snapshot={snapshot} policy={policy} />);
          },
        },
      ]}
    />
  );
}

function Callers({ snapshot, calls }: { snapshot: Snapshot; calls: GraphEdge[] }) {
  return (
    <Table
      label="Who calls them"
      rows={[...calls].sort((a, b) => worstFirst(a.health, b.health))}
      rowKey={(one) => one.id}
      columns={[
        {
          head: "Caller",
          by: (one) => nodeName(snapshot, one.source),
          cell: (one) => <Link to={`/graph?sel=${one.id}`}>{nodeName(snapshot, one.source)}</Link>,
        },
        { head: "Database", by: (one) => one.destination, cell: (one) => nodeName(snapshot, one.destination) },
        { head: "Health", cell: (one) => <HealthPill health={one.health} /> },
        { head: "Statements", number: true, by: (one) => one.stats.requestsPerSecond, cell: (one) => rate(one.stats.requestsPerSecond) },
        { head: "Errors", number: true, by: (one) => one.stats.errorRatio ?? -1, cell: (one) => percent(one.stats.errorRatio) },
        { head: "p50", number: true, by: (one) => one.stats.p50Millis ?? -1, cell: (one) => millis(one.stats.p50Millis) },
        { head: "p99", number: true, by: (one) => one.stats.p99Millis ?? -1, cell: (one) => millis(one.stats.p99Millis) },
      ]}
    />
  );
}
