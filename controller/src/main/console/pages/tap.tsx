/** `/tap?service=&status=&path=&from=&side=&errors=&slower-than-ms=`: single calls as they end. */
import { useEffect, useState } from "preact/hooks";
import type { Snapshot } from "../core/api.ts";
import { ApiError, read } from "../core/api.ts";
import { count, millis, timeOfDay } from "../core/format.ts";
import { may } from "../core/live.ts";
import { go, Link, tracePath, usePlace, withQuery } from "../core/router.tsx";
import { Cli } from "../ui/act.tsx";
import { Card, CopyButton, Empty, Failure, PageHead, Search, Tag } from "../ui/parts.tsx";
import { Table } from "../ui/table.tsx";

/** More than a person reads; older ones go. */
const SHOWN = 200;

/** Who types a path does not want a tap for each letter. */
const TYPING_MILLIS = 200;

const FILTERS = ["status", "path", "from", "side", "errors", "slower-than-ms"];

type Call = Record<string, string | number | boolean> & { key: number };

interface TapStatus {
  workloads: number;
  listening: number;
  seen: number;
  matched: number;
  told: number;
  leftOut: number;
  empty: string;
}

interface Tapped {
  calls: Call[];
  status: TapStatus | null;
  error: string | null;
}

const NOTHING: Tapped = { calls: [], status: null, error: null };

export function TapPage({ snapshot }: { snapshot: Snapshot }) {
  if (!may("tap")) {
    return (
      <Empty page icon="lock" title="This needs the right to tap">
        <p>Your account may not see single calls. An admin gives the right to a person, on the page Users.</p>
      </Empty>
    );
  }
  return <Calls snapshot={snapshot} />;
}

function Calls({ snapshot }: { snapshot: Snapshot }) {
  const { query } = usePlace();
  const service = query.get("service") ?? "";
  const asked = new URLSearchParams({ service });
  for (const name of FILTERS) {
    const value = query.get(name) ?? "";
    if (value !== "") asked.set(name, value);
  }
  const tapped = useTap(service === "" ? null : `/api/v1/tap?${asked}`);
  const [frozen, setFrozen] = useState<Call[] | null>(null);
  const calls = frozen ?? tapped.calls;
  const newer = frozen === null ? 0 : tapped.calls.filter((call) => call.key > (frozen[0]?.key ?? -1)).length;
  const filter = (name: string) => (value: string) => go(withQuery({ [name]: value }), true);
  const errors = query.get("errors") === "true";
  return (
    <>
      <PageHead title="Tap" sub="Single calls as they end, without bodies, queries and headers.">
        <Choice
          label="Service"
          value={service}
          none="Choose a service"
          of={snapshot.services.map((one) => one.id)}
          onChange={filter("service")}
        />
        <Choice
          label="Status"
          value={query.get("status") ?? ""}
          none="Any status"
          of={["2xx", "3xx", "4xx", "5xx"]}
          onChange={filter("status")}
        />
        <Choice
          label="Side"
          value={query.get("side") ?? ""}
          none="Both sides"
          of={["server", "client"]}
          onChange={filter("side")}
        />
        <Search label="Path, as /v1/*" value={query.get("path") ?? ""} onChange={filter("path")} />
        <Search label="From" value={query.get("from") ?? ""} onChange={filter("from")} />
        <Search label="Slower than, in ms" value={query.get("slower-than-ms") ?? ""} onChange={filter("slower-than-ms")} />
        <Link class="button" to={withQuery({ errors: errors ? null : "true" })} aria-current={errors ? "true" : undefined}>
          Only failed
        </Link>
        <button
          type="button"
          class="button"
          aria-pressed={frozen !== null}
          onClick={() => setFrozen(frozen === null ? tapped.calls : null)}
        >
          {frozen === null ? "Freeze" : "Go on"}
        </button>
      </PageHead>
      {service !== "" && <Cli text={command(asked)} />}
      {tapped.error !== null && <Failure error={tapped.error} />}
      {tapped.status !== null && (
        <p class="muted">
          {count(tapped.status.listening)} of {count(tapped.status.workloads)} workloads listened to,{" "}
          {count(tapped.status.seen)} calls, {count(tapped.status.matched)} matched
          {tapped.status.leftOut > 0 && <>, {count(tapped.status.leftOut)} left out: too many a second</>}
          {newer > 0 && <>, {count(newer)} newer</>}
        </p>
      )}
      {calls.length > 0 ? (
        <Card flush>
          <CallTable calls={calls} />
        </Card>
      ) : (
        tapped.error === null && <Nothing service={service} status={tapped.status} />
      )}
    </>
  );
}

function Nothing({ service, status }: { service: string; status: TapStatus | null }) {
  if (service === "") return <Empty icon="outside" title="Whose calls do you want to see?" />;
  return (
    <Empty icon="outside" title="Waiting for a call">
      <p role="status">{status === null || status.empty === "" ? "Asking the workloads" : status.empty}.</p>
    </Empty>
  );
}

function Choice(props: { label: string; value: string; none: string; of: string[]; onChange: (value: string) => void }) {
  return (
    <label class="select">
      <span class="sr">{props.label}</span>
      <select value={props.value} onChange={(event) => props.onChange(event.currentTarget.value)}>
        <option value="">{props.none}</option>
        {props.of.map((one) => (
          <option key={one} value={one}>
            {one}
          </option>
        ))}
      </select>
    </label>
  );
}

function CallTable({ calls }: { calls: Call[] }) {
  return (
    <Table
      label="Calls"
      rows={calls}
      rowKey={(call) => String(call.key)}
      onRow={(call) => {
        if (text(call, "trace_id") !== "") go(tracePath(text(call, "trace_id")));
      }}
      columns={[
        {
          head: "Call",
          cell: (call) => {
            const name = `${text(call, "http.request.method")} ${text(call, "url.path")}`;
            const trace = text(call, "trace_id");
            return trace === "" ? (
              name
            ) : (
              <Link class="strong" to={tracePath(trace)}>
                {name}
              </Link>
            );
          },
        },
        {
          head: "With",
          cell: (call) => {
            const server = text(call, "side") === "server";
            const other = server ? text(call, "endomesh.caller") || "no identity" : text(call, "endomesh.destination");
            return `${server ? "from" : "to"} ${other.slice(other.lastIndexOf("/") + 1)}`;
          },
        },
        { head: "Answer", cell: (call) => <Answer call={call} /> },
        { head: "Time", number: true, cell: (call) => millis(Number(call["duration_ms"])) },
        { head: "At", minor: true, cell: (call) => timeOfDay(text(call, "time")) },
        { head: "Instance", minor: true, cell: (call) => text(call, "service.instance.id") },
        { head: "Copy", cell: (call) => <CopyButton text={curl(call)} label="curl" /> },
      ]}
    />
  );
}

function Answer({ call }: { call: Call }) {
  const status = Number(call["http.response.status_code"] ?? 0);
  const error = text(call, "error.type");
  const policy = text(call, "endomesh.policy");
  return (
    <>
      <Tag tone={error !== "" || status >= 500 ? "bad" : status >= 400 ? "warn" : "ok"}>
        {error === "" ? `${status} ${text(call, "rpc.response.status_code")}`.trim() : error.slice(error.lastIndexOf(".") + 1)}
      </Tag>
      {policy !== "" && <span class="muted"> by {policy}</span>}
    </>
  );
}

function text(call: Call, name: string): string {
  return String(call[name] ?? "");
}

/** Without headers: what lets somebody in is not for a clipboard. */
function curl(call: Call): string {
  const url = `${text(call, "url.scheme") || "http"}://${text(call, "server.address")}${text(call, "url.path")}`;
  return `curl -X ${quoted(text(call, "http.request.method"))} ${quoted(url)}`;
}

function quoted(word: string): string {
  return /^[A-Za-z0-9_./:-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

function command(asked: URLSearchParams): string {
  const options = FILTERS.filter((name) => asked.has(name)).map((name) =>
    name === "errors" ? "--errors" : `--${name === "slower-than-ms" ? "slower-than" : name} ${quoted(asked.get(name)!)}`,
  );
  return ["endomesh tap", quoted(asked.get("service")!), ...options].join(" ");
}

/** Null taps nothing. Another path begins anew. */
function useTap(path: string | null): Tapped {
  const [tapped, setTapped] = useState(NOTHING);
  useEffect(() => {
    setTapped(NOTHING);
    if (path === null) return;
    let source: EventSource | null = null;
    let key = 0;
    const opening = window.setTimeout(() => {
      const opened = new EventSource(path);
      source = opened;
      opened.addEventListener("record", (event) => {
        const call = { ...JSON.parse((event as MessageEvent<string>).data), key: key++ } as Call;
        setTapped((old) => ({ ...old, error: null, calls: [call, ...old.calls].slice(0, SHOWN) }));
      });
      opened.addEventListener("status", (event) => {
        const status = JSON.parse((event as MessageEvent<string>).data) as TapStatus;
        setTapped((old) => ({ ...old, error: null, status }));
      });
      opened.addEventListener("logout", () => {
        opened.close();
        setTapped((old) => ({ ...old, error: "The right to tap was taken away, or the session ended." }));
      });
      opened.addEventListener("error", () => {
        // What was lost comes back by itself; what was refused does not say why.
        if (opened.readyState === EventSource.CLOSED) void why(path).then((error) => setTapped((old) => ({ ...old, error })));
      });
    }, TYPING_MILLIS);
    return () => {
      window.clearTimeout(opening);
      source?.close();
    };
  }, [path]);
  return tapped;
}

async function why(path: string): Promise<string> {
  try {
    await read(path, AbortSignal.timeout(1000));
  } catch (failure) {
    if (failure instanceof ApiError) return failure.message;
  }
  return "The controller does not answer; reload to try again.";
}
