/** Changes of resources, newest first: who, why, what it changed, and the way back. */
import { useState } from "preact/hooks";
import type { Snapshot } from "../core/api.ts";
import { ago, dateTime, plural } from "../core/format.ts";
import { diff } from "../core/diff.ts";
import { toYaml } from "../core/yaml.ts";
import { mayIn } from "../core/live.ts";
import { Confirm, useAct } from "./act.tsx";
import { useLoaded } from "./loaded.ts";
import { Empty, Failure, Loading, Tag } from "./parts.tsx";

interface Change {
  revision: number;
  at: string;
  author: string;
  /** Empty if nothing was said. */
  why: string;
  kind: string;
  namespace: string;
  name: string;
  before: unknown;
  after: unknown;
}

// Lines of context around a change; the rest of a long resource is left out.
const CONTEXT = 3;

interface HistoryProps {
  snapshot: Snapshot;
  of?: { kind: string; namespace: string; name: string };
}

export function History({ snapshot, of }: HistoryProps) {
  const query = of === undefined ? "" : `?kind=${of.kind}&namespace=${of.namespace}&name=${of.name}`;
  const { value, error } = useLoaded<{ changes: Change[] }>(`/api/v1/history${query}`, snapshot.status.revision);
  if (error !== null && value === null) return <Failure error={error} />;
  if (value === null) return <Loading what="the history" />;
  const changes = value.changes
    .filter((c) => of === undefined || (c.kind === of.kind && c.namespace === of.namespace && c.name === of.name))
    .sort((a, b) => b.revision - a.revision);
  if (changes.length === 0) {
    return (
      <Empty icon="history" title="Nothing has been changed yet">
        <p>Each applied or deleted resource is listed here with who, when and what.</p>
      </Empty>
    );
  }
  return (
    <ol class="history">
      {changes.map((change, i) => (
        <li key={`${change.revision}/${change.kind}/${change.namespace}/${change.name}`}>
          <details class="card change" open={i === 0}>
            <summary>
              <span class="revision">{change.revision}</span>
              <Tag tone={change.before === null ? "ok" : change.after === null ? "bad" : "accent"}>
                {change.before === null ? "created" : change.after === null ? "deleted" : "changed"}
              </Tag>
              <b>{change.name}</b>
              <span class="muted">
                {change.kind} in {change.namespace}
                {change.why !== "" && `: ${change.why}`}
              </span>
              <span class="space" />
              <span class="muted">
                {change.author}, <time title={dateTime(change.at)}>{ago(change.at, snapshot.status.now)}</time>
              </span>
            </summary>
            <Diff name={change.name} before={change.before} after={change.after} />
            {mayIn("apply", change.namespace) && <Rollback revision={change.revision} />}
          </details>
        </li>
      ))}
    </ol>
  );
}

interface Undone {
  resources: Pick<Change, "kind" | "namespace" | "name" | "before" | "after">[];
}

/** Takes back a whole revision: first what would change, then, if it is meant, the change. */
function Rollback({ revision }: { revision: number }) {
  const looking = useAct();
  const acting = useAct();
  const [seen, setSeen] = useState<Undone | null>(null);
  const [why, setWhy] = useState("");
  const path = `/api/v1/history/${revision}/rollback`;
  const look = async () => {
    const done = await looking.act<Undone>("POST", `${path}?dryRun=true`);
    if (done !== null) setSeen(done.answer);
  };
  const apply = async () => {
    const said = why.trim() === "" ? "" : `?why=${encodeURIComponent(why.trim())}`;
    if ((await acting.act("POST", path + said)) !== null) setSeen(null);
  };
  if (seen === null) {
    return (
      <>
        {looking.failed !== null && <Failure error={looking.failed} />}
        <p class="buttons">
          <button type="button" class="button small" disabled={looking.busy} onClick={() => void look()}>
            Roll back revision {revision}
          </button>
        </p>
      </>
    );
  }
  const message = why.trim() === "" ? "" : ` -m '${why.trim().replaceAll("'", "'\\''")}'`;
  return (
    <Confirm
      title={`Roll back revision ${revision}: ${plural(seen.resources.length, "resource")}`}
      word="Roll back"
      command={`endomesh rollback ${revision}${message}`}
      acting={acting}
      danger
      onYes={() => void apply()}
      onClose={() => setSeen(null)}
    >
      {seen.resources.map((one) => (
        <div key={`${one.kind}/${one.namespace}/${one.name}`}>
          <p class="muted">
            {one.kind} {one.namespace}/{one.name}
          </p>
          <Diff name={`${one.name}, if revision ${revision} is taken back`} before={one.before} after={one.after} />
        </div>
      ))}
      <p>
        <label>
          Why{" "}
          <input type="text" maxLength={300} value={why} onInput={(event) => setWhy(event.currentTarget.value)} />
        </label>
      </p>
    </Confirm>
  );
}

export function Diff({ name, before, after }: { name: string; before: unknown; after: unknown }) {
  const all = diff(text(before), text(after));
  const near = all.map((_, i) => all.slice(Math.max(0, i - CONTEXT), i + CONTEXT + 1).some((l) => l.sign !== " "));
  return (
    <pre class="diff" tabIndex={0} aria-label={`What changed in ${name}`}>
      {all.map((line, i) =>
        near[i] ? (
          <span key={i} class={line.sign === "+" ? "added" : line.sign === "-" ? "removed" : ""}>
            {`${line.sign} ${line.text}\n`}
          </span>
        ) : near[i - 1] ? (
          <span key={i} class="gap">
            {"  …\n"}
          </span>
        ) : null,
      )}
    </pre>
  );
}

function text(body: unknown): string {
  return body == null ? "" : toYaml(body);
}
