/** Changes of resources, newest first, each with its author and what it changed. */
import type { Snapshot } from "../core/api.ts";
import { ago, dateTime } from "../core/format.ts";
import { diff } from "../core/diff.ts";
import { toYaml } from "../core/yaml.ts";
import { useLoaded } from "./loaded.ts";
import { Empty, Failure, Loading, Tag } from "./parts.tsx";

interface Change {
  revision: number;
  at: string;
  author: string;
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
              </span>
              <span class="space" />
              <span class="muted">
                {change.author}, <time title={dateTime(change.at)}>{ago(change.at, snapshot.status.now)}</time>
              </span>
            </summary>
            <Diff name={change.name} before={change.before} after={change.after} />
          </details>
        </li>
      ))}
    </ol>
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
