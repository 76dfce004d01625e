/** `/access`: who may call whom, who was refused, and by which policy. */
import type { GraphEdge, PolicyRefusals, Refusal, ResourceName, Snapshot } from "../core/api.ts";
import { ago, count, rate, timeOfDay } from "../core/format.ts";
import { mayIn } from "../core/live.ts";
import { nodeName, policyResource, resourceOf } from "../core/model.ts";
import { Link, resourceUrl, serviceUrl, tracePath } from "../core/router.tsx";
import { PolicyLink } from "../graph/panel.tsx";
import { AskButton, Cli, useAct } from "../ui/act.tsx";
import { DepartmentsCard } from "../ui/departments.tsx";
import { Icon } from "../ui/icons.tsx";
import { MtlsCard } from "../ui/mtls.tsx";
import { ResourceLink } from "../ui/names.tsx";
import { Card, Empty, Failure, PageHead, Tag } from "../ui/parts.tsx";
import { Table } from "../ui/table.tsx";

const KINDS = [
  "AuthorizationPolicy",
  "DatabasePolicy",
  "DepartmentPolicy",
  "ExtAuthzProvider",
  "InboundPolicy",
  "PeerAuthentication",
  "RequestAuthentication",
  "TrafficTarget",
];

export function AccessPage({ snapshot }: { snapshot: Snapshot }) {
  const { refusals, policies } = snapshot.refusals;
  const { observed } = snapshot.refusals;
  const applied = snapshot.resources.filter((one) => KINDS.includes(one.kind));
  const total = policies.reduce((sum, one) => sum + one.total, 0);
  return (
    <>
      <PageHead title="Access" sub={`${count(total)} calls refused since the controller started`}>
        <Link class="button" to="/explain">
          <Icon name="explain" size={14} /> Explain a call
        </Link>
        <Link class="button" to="/providers">
          <Icon name="provider" size={14} /> Providers
        </Link>
      </PageHead>
      <UnreadableCard snapshot={snapshot} />
      <DepartmentsCard snapshot={snapshot} />
      <MtlsCard snapshot={snapshot} />
      <Card title="Who calls whom" flush>
        <Matrix snapshot={snapshot} />
      </Card>
      <div class="columns even">
        <Card title="Refused by policy" flush>
          {policies.length === 0 ? (
            <Empty icon="access" title="No call has been refused">
              <p>When a policy refuses one, the caller, the policy and the count stand here within two seconds.</p>
            </Empty>
          ) : (
            <Policies snapshot={snapshot} rows={policies} label="Refused by policy" />
          )}
        </Card>
        <Card title="Policies in force" flush>
          {applied.length === 0 ? (
            <Empty icon="resources" title="No policy is applied">
              <p>Everybody may call everybody. An AuthorizationPolicy narrows that.</p>
              <Link class="button small" to="/resources">
                Resources
              </Link>
            </Empty>
          ) : (
            <Table
              label="Policies in force"
              rows={applied}
              rowKey={(row) => `${row.kind}/${row.namespace}/${row.name}`}
              columns={[
                {
                  head: "Policy",
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
                  head: "Changed",
                  number: true,
                  by: (row) => row.updatedAt,
                  cell: (row) => ago(row.updatedAt, snapshot.status.now),
                },
              ]}
            />
          )}
        </Card>
      </div>
      {observed.policies.length > 0 && (
        <Card title="Would be refused, or audited" flush>
          <Policies snapshot={snapshot} rows={observed.policies} label="Would be refused, or audited" />
        </Card>
      )}
      {observed.calls.length > 0 && (
        <Card title="Latest of those" flush>
          <Refusals snapshot={snapshot} rows={observed.calls} label="Latest of those" />
        </Card>
      )}
      {refusals.length > 0 && (
        <Card title="Latest refusals" flush>
          <Refusals snapshot={snapshot} rows={refusals} label="Latest refusals" />
        </Card>
      )}
    </>
  );
}

/** Stored by another version, or damaged: what they may have refused is refused, so they come first. */
function UnreadableCard({ snapshot }: { snapshot: Snapshot }) {
  const { unreadable } = snapshot.status;
  const acting = useAct();
  if (unreadable.length === 0) return null;
  const path = (row: ResourceName) =>
    `/api/v1/namespaces/${row.namespace}/${resourceOf(snapshot, row)?.plural ?? row.kind.toLowerCase()}/${row.name}`;
  return (
    <Card title="Stored, and cannot be read" flush>
      <p class="note">
        This version of the controller cannot read these. What they may have refused is refused in their name until they
        are applied anew, or deleted.
      </p>
      {acting.failed !== null && <Failure error={acting.failed} />}
      <Table
        label="Stored, and cannot be read"
        rows={unreadable}
        rowKey={(row) => `${row.kind}/${row.namespace}/${row.name}`}
        columns={[
          {
            head: "Resource",
            by: (row) => row.name,
            cell: (row) => (
              <div class="two-lines">
                <ResourceLink snapshot={snapshot} of={row} />
                <small>{row.kind}</small>
              </div>
            ),
          },
          { head: "Why", cell: (row) => <span class="wrap">{row.why}</span> },
          { head: "Until it is mended", cell: (row) => <span class="wrap">{row.meanwhile}</span> },
          {
            head: "Act",
            number: true,
            cell: (row) => (
              <AskButton
                word="Delete"
                of={`${row.kind} ${row.namespace}/${row.name}`}
                really="Really delete"
                disabled={acting.busy || !mayIn("apply", row.namespace)}
                onYes={() => void acting.act("DELETE", path(row))}
              />
            ),
          },
        ]}
      />
      <Cli text="endomesh check" />
    </Card>
  );
}

/** Rows call columns. A cell says how often; a refusal is a sign and a word, never colour alone. */
function Matrix({ snapshot }: { snapshot: Snapshot }) {
  const edges = snapshot.graph.edges.filter((edge) => edge.protocol !== "sql");
  const callers = [...new Set(edges.map((edge) => edge.source))].sort();
  const called = [...new Set(edges.map((edge) => edge.destination))].sort();
  if (edges.length === 0) {
    return (
      <Empty icon="graph" title="No call has been seen yet">
        <p>The table fills from the calls that the agents report.</p>
      </Empty>
    );
  }
  return (
    <div class="table-box" tabIndex={0} role="region" aria-label="Who calls whom">
      <table class="table matrix">
        <thead>
          <tr>
            <th scope="col">Caller</th>
            {called.map((id) => (
              <th key={id} scope="col">
                <Link to={`/graph?sel=${id}`}>{nodeName(snapshot, id)}</Link>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {callers.map((source) => (
            <tr key={source}>
              <th scope="row">{nodeName(snapshot, source)}</th>
              {called.map((destination) => (
                <Cell
                  key={destination}
                  edges={edges.filter((edge) => edge.source === source && edge.destination === destination)}
                />
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Cell({ edges }: { edges: GraphEdge[] }) {
  const first = edges[0];
  if (first === undefined) return <td class="never">·</td>;
  const sum = (of: (edge: GraphEdge) => number) => edges.reduce((total, edge) => total + of(edge), 0);
  const refusedNow = sum((edge) => edge.stats.refusedPerSecond);
  const plain = edges.some((edge) => edge.mtls !== "all");
  return (
    <td class={refusedNow > 0 ? "refused" : ""}>
      <Link to={`/graph?sel=${first.id}`}>
        {refusedNow > 0 ? (
          <>
            <Icon name="block" size={12} /> {rate(refusedNow)} refused
          </>
        ) : (
          rate(sum((edge) => edge.stats.requestsPerSecond))
        )}
      </Link>
      {plain && (
        <span class="plain" title="Not all of these calls are mTLS">
          <Icon name="unlocked" size={12} />
          <span class="sr">, not all mTLS</span>
        </span>
      )}
    </td>
  );
}

const EFFECTS = { refused: "refused", "would-refuse": "dry run", audited: "audit" };

function Policies({ snapshot, rows, label }: { snapshot: Snapshot; rows: PolicyRefusals[]; label: string }) {
  return (
    <Table
      label={label}
      rows={[...rows].sort((a, b) => b.lastAt.localeCompare(a.lastAt))}
      rowKey={(row) => `${row.effect}${row.policy}>${row.sourceId}>${row.destinationId}`}
      columns={[
        {
          head: "Policy",
          by: (row) => row.policy,
          cell: (row) => (
            <>
              <PolicyLink snapshot={snapshot} policy={row.policy} />
              {row.effect !== "refused" && <Tag>{EFFECTS[row.effect]}</Tag>}
              {policyResource(snapshot, row.policy) === undefined && <Tag>no longer applied</Tag>}
            </>
          ),
        },
        { head: "Caller", by: (row) => row.sourceId, cell: (row) => nodeName(snapshot, row.sourceId) },
        {
          head: "Called",
          by: (row) => row.destinationId,
          cell: (row) => <Link to={serviceUrl(row.destinationId)}>{nodeName(snapshot, row.destinationId)}</Link>,
        },
        { head: "Calls", number: true, by: (row) => row.total, cell: (row) => count(row.total) },
        { head: "Last", number: true, by: (row) => row.lastAt, cell: (row) => ago(row.lastAt, snapshot.status.now) },
      ]}
    />
  );
}

function Refusals({ snapshot, rows, label }: { snapshot: Snapshot; rows: Refusal[]; label: string }) {
  return (
    <Table
      label={label}
      rows={rows}
      rowKey={(row) => `${row.at}${row.traceId ?? ""}${row.instance}`}
      columns={[
        {
          head: "Operation",
          by: (row) => row.operation,
          cell: (row) =>
            row.traceId === null ? (
              row.operation
            ) : (
              <Link class="strong" to={tracePath(row.traceId)}>
                {row.operation}
              </Link>
            ),
        },
        {
          head: "Caller",
          by: (row) => row.source,
          cell: (row) => (
            <span class="mono" title={row.source}>
              {row.sourceId === "outside" ? "no identity" : row.source.replace(/^spiffe:\/\/[^/]+/, "")}
            </span>
          ),
        },
        { head: "Called", by: (row) => row.destinationId, cell: (row) => nodeName(snapshot, row.destinationId) },
        { head: "Instance", minor: true, by: (row) => row.instance, cell: (row) => row.instance },
        { head: "Policy", cell: (row) => <PolicyLink snapshot={snapshot} policy={row.policy} /> },
        { head: "Status", number: true, by: (row) => row.status, cell: (row) => row.status },
        { head: "At", number: true, by: (row) => row.at, cell: (row) => timeOfDay(row.at) },
      ]}
    />
  );
}
