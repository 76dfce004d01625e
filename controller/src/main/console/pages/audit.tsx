/** `/audit?denied=&user=`: who did what to the controller, and what was refused, newest first. */
import type { AuditEntry, Snapshot } from "../core/api.ts";
import { ago, count, dateTime } from "../core/format.ts";
import { may } from "../core/live.ts";
import { Link, go, usePlace, withQuery } from "../core/router.tsx";
import { Diff } from "../ui/history.tsx";
import { useLoaded } from "../ui/loaded.ts";
import { Empty, Failure, Loading, PageHead, Search, Tag } from "../ui/parts.tsx";

const SHOWN = 200;
// Of the snapshots that come each second: a log is read, not watched.
const RELOAD_EVERY = 5;

export function AuditPage({ snapshot }: { snapshot: Snapshot }) {
  if (!may("audit")) return <Forbidden what="read the audit log" />;
  return <Log snapshot={snapshot} />;
}

export function Forbidden({ what }: { what: string }) {
  return (
    <Empty page icon="lock" title="This is an admin's">
      <p>Your account may not {what}.</p>
    </Empty>
  );
}

function Log({ snapshot }: { snapshot: Snapshot }) {
  const { query } = usePlace();
  const denied = query.get("denied") === "true";
  const user = query.get("user") ?? "";
  const path = `/api/v1/audit?limit=${SHOWN}&denied=${denied}&user=${encodeURIComponent(user)}`;
  const { value, error } = useLoaded<{ entries: AuditEntry[] }>(path, Math.floor(snapshot.sequence / RELOAD_EVERY));
  return (
    <>
      <PageHead title="Audit" sub="Who did what to the controller, and what was refused.">
        <Search
          label="Only what this one did"
          value={user}
          onChange={(text) => go(withQuery({ user: text }), true)}
        />
        <div class="switch" role="group" aria-label="Which entries">
          <Link to={withQuery({ denied: null })} aria-current={denied ? undefined : "true"}>
            All
          </Link>
          <Link to={withQuery({ denied: "true" })} aria-current={denied ? "true" : undefined}>
            Denied
          </Link>
        </div>
      </PageHead>
      {error !== null && <Failure error={error} />}
      {value === null ? (
        error === null && <Loading what="the audit log" />
      ) : value.entries.length === 0 ? (
        <Empty icon="history" title="Nothing of this sort" />
      ) : (
        <ol class="history audit">
          {value.entries.map((entry, i) => (
            <Entry key={`${entry.at}/${entry.action}/${entry.subject}/${i}`} entry={entry} now={snapshot.status.now} />
          ))}
        </ol>
      )}
    </>
  );
}

function Entry({ entry, now }: { entry: AuditEntry; now: string }) {
  const line = (
    <>
      <Tag tone={entry.denied ? "bad" : "accent"}>{entry.denied ? "denied" : entry.action}</Tag>
      <b>{entry.denied ? entry.action : entry.subject}</b>
      {entry.denied && <span class="muted">{entry.why}</span>}
      {entry.times > 1 && <Tag>{count(entry.times)} times</Tag>}
      <span class="space" />
      <span class="muted">
        {entry.who}
        {entry.from !== "" && ` from ${entry.from}`}, <time title={dateTime(entry.at)}>{ago(entry.at, now)}</time>
      </span>
    </>
  );
  return (
    <li>
      {entry.before === null && entry.after === null ? (
        <div class="card change plain">{line}</div>
      ) : (
        <details class="card change">
          <summary>{line}</summary>
          <Diff name={entry.subject} before={entry.before} after={entry.after} />
        </details>
      )}
    </li>
  );
}
