/** The certificates of workloads, those that end first on top, and what makes one worthless. */
import { useState } from "preact/hooks";
import type { Snapshot, Workload } from "../core/api.ts";
import { percent, plural } from "../core/format.ts";
import { may } from "../core/live.ts";
import { life } from "../core/model.ts";
import { go, Link, serviceUrl, usePlace, withQuery } from "../core/router.tsx";
import { Cli, Confirm, useAct } from "./act.tsx";
import { HealthShape } from "./health.tsx";
import { EndsAt, Fingerprint } from "./names.tsx";
import { Card, Empty, Search } from "./parts.tsx";
import { Table } from "./table.tsx";

export function CertificatesCard({ snapshot }: { snapshot: Snapshot }) {
  const { query } = usePlace();
  const q = query.get("q") ?? "";
  const bad = query.get("show") === "attention";
  const [asked, setAsked] = useState<Workload | null>(null);
  const [done, setDone] = useState<string[] | null>(null);
  const { now } = snapshot.status;
  const rows = snapshot.workloads
    .filter((one) => `${one.instance} ${one.identity}`.includes(q))
    .filter((one) => !bad || ["degraded", "failing"].includes(life(one, now).health))
    .sort((a, b) => end(a).localeCompare(end(b)));
  return (
    <Card
      title="Certificates of workloads"
      aside={
        <div class="actions">
          <Search label="Instance or identity" value={q} onChange={(text) => go(withQuery({ q: text }), true)} />
          <div class="switch" role="group" aria-label="Which certificates">
            <Link to={withQuery({ show: null })} aria-current={bad ? undefined : "true"}>
              All
            </Link>
            <Link to={withQuery({ show: "attention" })} aria-current={bad ? "true" : undefined}>
              Need attention
            </Link>
          </div>
        </div>
      }
      flush
    >
      {done !== null && (
        <p class="note" role="status">
          Revoked: {done.join(", ")}. {done.length === 1 ? "It comes" : "They come"} back by a join token only.
        </p>
      )}
      {asked !== null && (
        <Revoke
          key={asked.instance}
          workload={asked}
          onDone={(revoked) => {
            setAsked(null);
            setDone(revoked);
          }}
          onClose={() => setAsked(null)}
        />
      )}
      {rows.length === 0 ? (
        <Nobody snapshot={snapshot} />
      ) : (
        <CertificateTable
          snapshot={snapshot}
          rows={rows}
          onRevoke={(workload) => {
            setDone(null);
            setAsked(workload);
          }}
        />
      )}
      <Cli text="endomesh status" />
    </Card>
  );
}

/** Who has none has nothing that could end. */
function end(workload: Workload): string {
  return workload.certificateNotAfter ?? "~";
}

function Nobody({ snapshot }: { snapshot: Snapshot }) {
  if (snapshot.workloads.length > 0) {
    return (
      <Empty icon="check" title="No certificate of this sort">
        <p>{plural(snapshot.workloads.length, "workload")} joined; none is like what you look for.</p>
        <Link class="button small" to="/identities">
          Show all
        </Link>
      </Empty>
    );
  }
  return (
    <Empty icon="identity" title="No workload has joined">
      <p>Each gets a certificate as it joins, and another before that ends.</p>
      <Link class="button small" to="/connect">
        Connect one
      </Link>
    </Empty>
  );
}

interface CertificateTableProps {
  snapshot: Snapshot;
  rows: Workload[];
  onRevoke: (workload: Workload) => void;
}

function CertificateTable({ snapshot, rows, onRevoke }: CertificateTableProps) {
  const { now, certificateAuthority } = snapshot.status;
  const several = certificateAuthority.roots.length > 1;
  return (
    <Table
      label="Certificates of workloads"
      rows={rows}
      rowKey={(one) => one.instance}
      columns={[
        {
          head: "Instance",
          by: (one) => one.instance,
          cell: (one) => (
            <Link class="strong" to={`${serviceUrl(one.serviceId)}#${one.instance}`}>
              {one.instance}
            </Link>
          ),
        },
        {
          head: "Identity",
          by: (one) => one.identity,
          cell: (one) => (
            <span class="mono" title={one.identity}>
              {one.identity.replace(/^spiffe:\/\/[^/]+/, "")}
            </span>
          ),
        },
        { head: "Certificate", cell: (one) => <State workload={one} now={now} /> },
        {
          head: "Ends",
          number: true,
          by: end,
          cell: (one) =>
            one.certificateNotAfter === null ? "–" : <EndsAt at={one.certificateNotAfter} now={now} />,
        },
        ...(several
          ? [
              {
                head: "Root",
                minor: true,
                by: (one: Workload) => one.certificateRoot ?? "",
                cell: (one: Workload) =>
                  one.certificateRoot === null ? <span class="muted">not said</span> : <Fingerprint text={one.certificateRoot} />,
              },
            ]
          : []),
        {
          head: "Act",
          number: true,
          cell: (one) => (
            <button
              type="button"
              class="button small"
              disabled={!may("ca")}
              onClick={() => onRevoke(one)}
            >
              Revoke…<span class="sr"> {one.instance}</span>
            </button>
          ),
        },
      ]}
    />
  );
}

function State({ workload, now }: { workload: Workload; now: string }) {
  const { left, health, word } = life(workload, now);
  return (
    <div class="two-lines">
      <span class="mark">
        <HealthShape health={health} />
      </span>
      {word}
      {left !== null && left > 0 && <span class="muted">, {percent(Math.round(left * 100) / 100).replace(" ", "\u00a0")} left</span>}
      {workload.renewalProblem !== "" && <small>{workload.renewalProblem}</small>}
    </div>
  );
}

interface RevokeProps {
  workload: Workload;
  onDone: (revoked: string[]) => void;
  onClose: () => void;
}

function Revoke({ workload, onDone, onClose }: RevokeProps) {
  const acting = useAct();
  const name = `${workload.namespace}/${workload.instance}`;
  const revoke = async () => {
    const done = await acting.act<{ revoked: string[] }>("POST", `/api/v1/workloads/${name}/revoke`, {});
    if (done !== null) onDone(done.answer.revoked);
  };
  return (
    <Confirm
      title={`Put ${name} out of the mesh?`}
      word="Revoke its certificates"
      command={`endomesh workload revoke ${name}`}
      acting={acting}
      danger
      onYes={() => void revoke()}
      onClose={onClose}
    >
      <p>
        All certificates that came from its join, and would, are worth nothing within seconds, on connections that are
        open as well. It comes back by a join token only:{" "}
        <Link class="button small" to="/identities?view=joining">
          Join tokens
        </Link>{" "}
        shows whether one is left to it.
      </p>
    </Confirm>
  );
}
