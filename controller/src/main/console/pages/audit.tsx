/** `/audit?denied=&user=&since=`: who did what to the controller, and what was refused, newest first. */
import { useMemo, useState } from "preact/hooks";
import type { AuditEntry, Snapshot } from "../core/api.ts";
import { ago, count, dateTime } from "../core/format.ts";
import { may } from "../core/live.ts";
import { Link, go, usePlace, withQuery } from "../core/router.tsx";
import { Cli } from "../ui/act.tsx";
import { Diff } from "../ui/history.tsx";
import { useLoaded } from "../ui/loaded.ts";
import { Empty, Failure, Loading, PageHead, Search, Tag } from "../ui/parts.tsx";

const SHOWN = 200;

const SINCE: { since: string; word: string; hours: number }[] = [
  { since: "PT1H", word: "Last hour", hours: 1 },
  { since: "PT24H", word: "Last day", hours: 24 },
  { since: "PT168H", word: "Last week", hours: 168 },
];

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
  const since = SINCE.find((one) => one.since === query.get("since"));
  const [asked, setAsked] = useState(0);
  // By the controller's clock as it was asked: a log is read, not watched.
  const from = useMemo(() => {
    const hours = since?.hours ?? 0;
    return hours === 0 ? "" : new Date(Date.parse(snapshot.status.now) - hours * 3_600_000).toISOString();
  }, [since?.since, asked]);
  const path = `/api/v1/audit?limit=${SHOWN}&denied=${denied}&since=${from}&user=${encodeURIComponent(user)}`;
  const { value, error } = useLoaded<{ entries: AuditEntry[] }>(path, `${asked} ${snapshot.status.revision}`);
  const command = [
    "endomesh audit",
    ...(denied ? ["--denied"] : []),
    ...(since === undefined ? [] : [`--since ${since.since}`]),
    ...(user === "" ? [] : [`--user ${user}`]),
    `--limit ${SHOWN}`,
  ].join(" ");
  return (
    <>
      <PageHead title="Audit" sub="Who did what to the controller, and what was refused.">
        <Search
          label="Only what this one did"
          value={user}
          onChange={(text) => go(withQuery({ user: text }), true)}
        />
        <span class="select">
          <select
            aria-label="Since when"
            value={since?.since ?? ""}
            onChange={(event) => go(withQuery({ since: event.currentTarget.value }), true)}
          >
            <option value="">Any time</option>
            {SINCE.map((one) => (
              <option key={one.since} value={one.since}>
                {one.word}
              </option>
            ))}
          </select>
        </span>
        <div class="switch" role="group" aria-label="Which entries">
          <Link to={withQuery({ denied: null })} aria-current={denied ? undefined : "true"}>
            All
          </Link>
          <Link to={withQuery({ denied: "true" })} aria-current={denied ? "true" : undefined}>
            Denied
          </Link>
        </div>
        <button type="button" class="button" onClick={() => setAsked(asked + 1)}>
          Read again
        </button>
      </PageHead>
      <Cli text={command} />
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
      {entry.why !== "" && <span class="muted">{entry.why}</span>}
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
