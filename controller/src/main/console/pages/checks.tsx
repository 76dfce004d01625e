/** `/checks`: what `endomesh analyze` finds in what was applied, and `endomesh check` in what runs. `?severity=` `?q=`. */
import { useEffect, useState } from "preact/hooks";
import { write } from "../core/api.ts";
import type { Snapshot } from "../core/api.ts";
import { plural } from "../core/format.ts";
import { findings, resourceOf } from "../core/model.ts";
import { go, Link, resourceUrl, usePlace, withQuery } from "../core/router.tsx";
import { Cli } from "../ui/act.tsx";
import { Card, Empty, Failure, Loading, PageHead, Search, Tag } from "../ui/parts.tsx";
import { Table } from "../ui/table.tsx";

type Severity = "error" | "warning" | "info";

/** One of `POST /api/v1/analyze`. */
interface Found {
  code: string;
  severity: Severity;
  title: string;
  kind: string;
  namespace: string;
  name: string;
  field: string;
  message: string;
}

interface Row {
  key: string;
  severity: Severity;
  /** Empty of what is found in what runs. */
  code: string;
  title: string;
  detail: string;
  where: string;
  to: string | null;
}

const ORDER: Severity[] = ["error", "warning", "info"];
const TONES = { error: "bad", warning: "warn", info: undefined } as const;

export function ChecksPage({ snapshot }: { snapshot: Snapshot }) {
  const { query } = usePlace();
  const severity = query.get("severity") ?? "";
  const words = (query.get("q") ?? "").toLowerCase();
  const { found, error } = useAnalysis(snapshot);
  const rows = [...(found ?? []).map((one, i) => applied(snapshot, one, i)), ...running(snapshot)]
    .filter((row) => severity === "" || row.severity === severity)
    .filter((row) => `${row.code} ${row.title} ${row.detail} ${row.where}`.toLowerCase().includes(words))
    .sort((a, b) => ORDER.indexOf(a.severity) - ORDER.indexOf(b.severity));
  return (
    <>
      <PageHead title="Checks" sub="What is wrong with what was applied, and with what runs" />
      <div class="check-filters">
        <Search label="Search checks" value={query.get("q") ?? ""} onChange={(text) => go(withQuery({ q: text }), true)} />
        <label class="select">
          <span class="sr">Severity</span>
          <select value={severity} onChange={(event) => go(withQuery({ severity: event.currentTarget.value }))}>
            <option value="">All severities</option>
            {ORDER.map((one) => (
              <option key={one}>{one}</option>
            ))}
          </select>
        </label>
        <span class="muted" role="status">
          {plural(rows.length, "finding")}
        </span>
      </div>
      {error !== null && <Failure error={error} />}
      {found === null && error === null && <Loading what="the checks" />}
      <Card flush>
        {rows.length === 0 ? (
          <Empty icon="check" title={severity + words === "" ? "Nothing was found" : "Nothing of this sort was found"} />
        ) : (
          <Table
            label="Findings"
            rows={rows}
            rowKey={(row) => row.key}
            columns={[
              {
                head: "Severity",
                by: (row) => ORDER.indexOf(row.severity),
                cell: (row) => <Tag tone={TONES[row.severity]}>{row.severity}</Tag>,
              },
              { head: "Code", by: (row) => row.code, cell: (row) => (row.code === "" ? "–" : row.code), minor: true },
              {
                head: "What",
                cell: (row) => (
                  <div class="finding-text">
                    <b>{row.title}</b>
                    <br />
                    <span class="muted">{row.detail}</span>
                  </div>
                ),
              },
              {
                head: "Where",
                by: (row) => row.where,
                cell: (row) => (row.to === null ? row.where : <Link to={row.to}>{row.where}</Link>),
              },
            ]}
          />
        )}
      </Card>
      <Cli text="endomesh analyze" />
      <Cli text="endomesh check" />
    </>
  );
}

/** Asked again when a resource or a workload came, went or changed. */
function useAnalysis(snapshot: Snapshot): { found: Found[] | null; error: string | null } {
  const [state, setState] = useState<{ found: Found[] | null; error: string | null }>({ found: null, error: null });
  const { revision, answers } = snapshot.status;
  const alive = snapshot.workloads.map((one) => one.instance).join();
  useEffect(() => {
    let here = true;
    write<{ findings: Found[] }>("POST", "/api/v1/analyze").then(
      (answer) => here && setState({ found: answer.findings, error: null }),
      (failure: Error) => here && setState((old) => ({ ...old, error: failure.message })),
    );
    return () => {
      here = false;
    };
  }, [revision, answers, alive]);
  return state;
}

function applied(snapshot: Snapshot, one: Found, place: number): Row {
  const resource = resourceOf(snapshot, one);
  return {
    key: `${one.code} ${one.kind}/${one.namespace}/${one.name} ${place}`,
    severity: one.severity,
    code: one.code,
    title: one.title,
    detail: `${one.field === "" ? "" : `${one.field}: `}${one.message}`,
    where: `${one.kind}/${one.namespace}/${one.name}`,
    to: resource === undefined ? null : resourceUrl(resource),
  };
}

function running(snapshot: Snapshot): Row[] {
  return findings(snapshot).map((one) => ({
    key: one.key,
    severity: one.severity,
    code: "",
    title: one.title,
    detail: one.detail,
    where: one.to.startsWith("/graph") ? "graph" : one.to.split("/").slice(1).slice(-2).join("/"),
    to: one.to,
  }));
}
