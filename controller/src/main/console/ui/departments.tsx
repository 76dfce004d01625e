/** Which department may reach which: a table whose cells can be changed, after a look at what it would do. */
import { useState } from "preact/hooks";
import type { DepartmentCell, DepartmentDraft, Departments, Replay, Snapshot } from "../core/api.ts";
import { write } from "../core/api.ts";
import { count, rate } from "../core/format.ts";
import { Icon } from "./icons.tsx";
import { useLoaded } from "./loaded.ts";
import { Card, Empty, Failure, Loading } from "./parts.tsx";

const WORDS = { open: "open", allowed: "allowed", default: "by default", denied: "denied", mixed: "mixed" };

const SENTENCES = {
  open: "nothing is said; the policies of the called services decide",
  allowed: "allowed, unless a policy of the called services refuses it",
  default: "denied by default, unless a policy of the called services allows it",
  denied: "denied",
  mixed: "it depends on the namespaces",
};

export function DepartmentsCard({ snapshot }: { snapshot: Snapshot }) {
  const revision = snapshot.resources.reduce((newest, one) => Math.max(newest, one.revision), 0);
  const known = `${revision} ${snapshot.resources.length} ${snapshot.services.length}`;
  const { value, error } = useLoaded<Departments>("/api/v1/departments", known);
  const [chosen, setChosen] = useState("");
  const cell = value?.cells.find((one) => keyOf(one) === chosen);
  return (
    <Card title="Departments" flush>
      {error !== null && <Failure error={error} />}
      {value === null && error === null && <Loading what="the departments" />}
      {value !== null && value.departments.length < 2 && (
        <Empty icon="access" title="There is one department only">
          <p>A department is a namespace, or several that a DepartmentPolicy puts under one name.</p>
        </Empty>
      )}
      {value !== null && value.departments.length > 1 && (
        <Matrix snapshot={snapshot} departments={value} chosen={chosen} choose={setChosen} />
      )}
      {cell !== undefined && <Change key={chosen} cell={cell} close={() => setChosen("")} />}
    </Card>
  );
}

const keyOf = (cell: DepartmentCell) => `${cell.source} → ${cell.destination}`;

interface MatrixProps {
  snapshot: Snapshot;
  departments: Departments;
  chosen: string;
  choose: (key: string) => void;
}

function Matrix({ snapshot, departments, chosen, choose }: MatrixProps) {
  const namespaces = new Map(departments.departments.map((one) => [one.name, one.namespaces]));
  const names = departments.departments.map((one) => one.name);
  return (
    <div class="table-box" tabIndex={0} role="region" aria-label="Which department may reach which">
      <table class="table matrix departments">
        <thead>
          <tr>
            <th scope="col">From</th>
            {names.map((name) => (
              <th key={name} scope="col" title={namespaces.get(name)?.join(", ")}>
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {names.map((source) => (
            <tr key={source}>
              <th scope="row">{source}</th>
              {names.map((destination) => {
                const cell = departments.cells.find((c) => c.source === source && c.destination === destination);
                if (cell === undefined) return <td key={destination} class="never">·</td>;
                const calls = callsBetween(snapshot, namespaces.get(source), namespaces.get(destination));
                return (
                  <td key={destination} class={cell.decision}>
                    <button
                      type="button"
                      class="button small bare"
                      aria-pressed={chosen === keyOf(cell)}
                      title={`${keyOf(cell)}: ${SENTENCES[cell.decision]}${cell.by === null ? "" : `, ${cell.by}`}`}
                      onClick={() => choose(chosen === keyOf(cell) ? "" : keyOf(cell))}
                    >
                      {cell.decision === "denied" && <Icon name="block" size={12} />} {WORDS[cell.decision]}
                      {cell.dryRun !== null && " (dry run: denied)"}
                      <span class="sr">
                        , {source} to {destination}
                      </span>
                    </button>
                    {calls > 0 && <span class="muted">{rate(calls)}</span>}
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function callsBetween(snapshot: Snapshot, from: string[] = [], to: string[] = []): number {
  const isOf = (id: string, namespaces: string[]) => namespaces.includes(id.split("/")[0]!);
  return snapshot.graph.edges
    .filter((edge) => isOf(edge.source, from) && isOf(edge.destination, to))
    .reduce((sum, edge) => sum + edge.stats.requestsPerSecond, 0);
}

type Say = "deny" | "allow" | "nothing";

interface Preview {
  draft: DepartmentDraft;
  replay: Replay;
}

/** Two steps, so that nobody cuts off a department by a slip of the finger. */
function Change({ cell, close }: { cell: DepartmentCell; close: () => void }) {
  const [preview, setPreview] = useState<Preview | null>(null);
  const [error, setError] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const during = async (work: () => Promise<void>) => {
    setBusy(true);
    setError(null);
    try {
      await work();
    } catch (failure) {
      setError((failure as Error).message);
    } finally {
      setBusy(false);
    }
  };
  const look = (say: Say) =>
    during(async () => {
      const asked = { source: cell.source, destination: cell.destination, say };
      const draft = await write<DepartmentDraft>("POST", "/api/v1/departments/draft", asked);
      const replay = await write<Replay>("POST", "/api/v1/replay", draft.resource);
      setPreview({ draft, replay });
    });
  const apply = (draft: DepartmentDraft) =>
    during(async () => {
      await write("POST", "/api/v1/apply", draft.resource);
      close();
    });
  return (
    <section class="change" aria-label={`Change ${keyOf(cell)}`}>
      <p>
        <b>{keyOf(cell)}</b>: {SENTENCES[cell.decision]}
        {cell.by !== null && <span class="mono"> {cell.by}</span>}
        {cell.dryRun !== null && <span class="muted">; {cell.dryRun} would deny it, were it no dry run</span>}
      </p>
      {error !== null && <Failure error={error} />}
      {preview === null ? (
        <p class="buttons">
          <button type="button" class="button small" disabled={busy} onClick={() => void look("deny")}>
            Deny…
          </button>
          <button type="button" class="button small" disabled={busy} onClick={() => void look("allow")}>
            Allow…
          </button>
          <button type="button" class="button small" disabled={busy} onClick={() => void look("nothing")}>
            Say nothing…
          </button>
          <button type="button" class="button small bare" onClick={close}>
            Close
          </button>
        </p>
      ) : (
        <>
          <p role="status">
            It would be {WORDS[preview.draft.then.decision]}
            {preview.draft.then.by === null ? "" : ` by ${preview.draft.then.by}`}.{" "}
            {count(Math.round(preview.replay.changed))} of {count(preview.replay.calls)} calls of the last{" "}
            {preview.replay.minutes} minutes would end otherwise.
          </p>
          <ul>
            {preview.replay.outcomes.map((one) => (
              <li key={one.outcome}>
                {count(Math.round(one.calls))} more {one.outcome}
              </li>
            ))}
          </ul>
          <p class="buttons">
            <button
              type="button"
              class="button small primary"
              disabled={busy}
              onClick={() => void apply(preview.draft)}
            >
              Apply
            </button>
            <button type="button" class="button small bare" onClick={() => setPreview(null)}>
              Cancel
            </button>
          </p>
        </>
      )}
    </section>
  );
}
