/** `/explain?method=&url=&from=&h=`: what would happen to a call, stage by stage. Nothing is sent. */
import { useEffect, useState } from "preact/hooks";
import type { Explanation, Question, Snapshot, TrailToken } from "../core/api.ts";
import { ApiError, write } from "../core/api.ts";
import { until } from "../core/format.ts";
import { may } from "../core/live.ts";
import { explainUrl, go, usePlace } from "../core/router.tsx";
import { Card, Code, CopyButton, Empty, Failure, Loading, PageHead } from "../ui/parts.tsx";
import { Trail } from "../ui/trail.tsx";

// RFC 9110, 9, and PATCH (RFC 5789); the controller takes any token.
const METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];

/** As the form holds it: headers as lines of text, so that a half written one is not lost. */
interface Written {
  method: string;
  url: string;
  from: string;
  headers: string[];
}

interface Wrong {
  /** Null if it concerns no field. */
  field: string | null;
  message: string;
}

export function ExplainPage({ snapshot }: { snapshot: Snapshot }) {
  const { query } = usePlace();
  const asked: Written = {
    method: query.get("method") ?? "GET",
    url: query.get("url") ?? "",
    from: query.get("from") ?? "",
    headers: query.getAll("h"),
  };
  const key = address(asked);
  const complete = query.has("url") && query.has("from");
  const { answer, wrong } = useAnswer(complete ? asked : null, key, snapshot.status.revision);
  return (
    <>
      <PageHead title="Explain a call" sub="What would happen to it, stage by stage, and why. Nothing is sent.">
        {answer !== null && <CopyButton label="Copy link" text={window.location.origin + key} />}
      </PageHead>
      <QuestionForm snapshot={snapshot} asked={asked} wrong={wrong} />
      {wrong !== null && wrong.field === null && <Failure error={wrong.message} />}
      {!complete ? (
        <Empty icon="explain" title="Which call?">
          <p>
            Say who calls what. The answer names the rule that matches and those that were passed over, the endpoints
            with their state, and who refuses.
          </p>
        </Empty>
      ) : answer !== null ? (
        <section aria-label="Explanation" data-explained={key}>
          <Trail snapshot={snapshot} answer={answer} />
          <Code label="Command" text={command(asked)} />
          <RealCall now={snapshot.status.now} />
        </section>
      ) : (
        wrong === null && <Loading what="the explanation" />
      )}
    </>
  );
}

/** The answer to what the address asks; asked again when what is applied has changed. */
function useAnswer(asked: Written | null, key: string, revision: number) {
  const [seen, setSeen] = useState<{ key: string; answer: Explanation | null; wrong: Wrong | null }>({
    key,
    answer: null,
    wrong: null,
  });
  useEffect(() => {
    if (asked === null) return;
    let current = true;
    const see = (answer: Explanation | null, wrong: Wrong | null) => current && setSeen({ key, answer, wrong });
    const question = questionOf(asked);
    if ("message" in question) {
      see(null, question);
      return;
    }
    write<Explanation>("POST", "/api/v1/explain", question).then(
      (answer) => see(answer, null),
      (failure: Error) => see(null, { field: failure instanceof ApiError ? failure.field : null, message: failure.message }),
    );
    return () => {
      current = false;
    };
  }, [key, revision]);
  return seen.key === key ? seen : { answer: null, wrong: null };
}

function questionOf(asked: Written): Question | Wrong {
  const headers: Record<string, string[]> = {};
  for (const line of asked.headers) {
    const colon = line.indexOf(":");
    if (colon < 1) return { field: "headers", message: `headers: '${line}' (expected: as x-user: alice)` };
    (headers[line.slice(0, colon).trim()] ??= []).push(line.slice(colon + 1).trim());
  }
  return { method: asked.method, url: asked.url, from: asked.from, headers };
}

interface FormProps {
  snapshot: Snapshot;
  asked: Written;
  wrong: Wrong | null;
}

function QuestionForm({ snapshot, asked, wrong }: FormProps) {
  const [method, setMethod] = useState(asked.method);
  const [url, setUrl] = useState(asked.url);
  const [from, setFrom] = useState(asked.from);
  const [headers, setHeaders] = useState(asked.headers.join("\n"));
  // Back and forth in the browser's history fill in what was asked there.
  useEffect(() => {
    setMethod(asked.method);
    setUrl(asked.url);
    setFrom(asked.from);
    setHeaders(asked.headers.join("\n"));
  }, [address(asked)]);
  const methods = METHODS.includes(method) ? METHODS : [...METHODS, method];
  const ask = (event: Event) => {
    event.preventDefault();
    const lines = headers.split("\n").map((line) => line.trim());
    go(address({ method, url: url.trim(), from: from.trim(), headers: lines.filter((line) => line !== "") }));
  };
  const field = (name: string) => ({
    name,
    "aria-invalid": wrong?.field === name,
    "aria-describedby": wrong?.field === name ? `wrong-${name}` : undefined,
  });
  return (
    <form class="fields question" onSubmit={ask} noValidate aria-label="Call">
      <label>
        From
        <input
          {...field("from")}
          list="callers"
          placeholder="shop/storefront"
          value={from}
          onInput={(event) => setFrom(event.currentTarget.value)}
        />
        <Hint wrong={wrong} field="from" />
      </label>
      <datalist id="callers">
        {snapshot.services.map((one) => (
          <option key={one.id} value={one.id} />
        ))}
      </datalist>
      <label>
        Method
        <select {...field("method")} value={method} onChange={(event) => setMethod(event.currentTarget.value)}>
          {methods.map((one) => (
            <option key={one}>{one}</option>
          ))}
        </select>
        <Hint wrong={wrong} field="method" />
      </label>
      <label class="wide">
        URL
        <input
          {...field("url")}
          placeholder="http://orders/api/1, or grpc://inventory/shop.Inventory/Reserve"
          spellcheck={false}
          value={url}
          onInput={(event) => setUrl(event.currentTarget.value)}
        />
        <Hint wrong={wrong} field="url" />
      </label>
      <label class="whole">
        Headers, one a line
        <textarea
          {...field("headers")}
          rows={Math.max(2, headers.split("\n").length)}
          placeholder="x-user: alice"
          spellcheck={false}
          value={headers}
          onInput={(event) => setHeaders(event.currentTarget.value)}
        />
        <Hint wrong={wrong} field="headers" />
      </label>
      <button type="submit" class="button primary">
        Explain
      </button>
    </form>
  );
}

function Hint({ wrong, field }: { wrong: Wrong | null; field: string }) {
  return wrong?.field !== field ? null : (
    <span id={`wrong-${field}`} class="wrong" role="alert">
      {wrong.message}
    </span>
  );
}

/** How to see what the mesh does with a call that is really made. */
function RealCall({ now }: { now: string }) {
  const [made, setMade] = useState<TrailToken | null>(null);
  const [error, setError] = useState<string | null>(null);
  const make = () =>
    write<TrailToken>("POST", "/api/v1/trail-tokens").then(
      (token) => {
        setMade(token);
        setError(null);
      },
      (failure: Error) => setError(failure.message),
    );
  return (
    <Card title="What a real call did">
      <p>
        A response tells it to whoever asks with a token. The request goes to a server of the mesh; its answer tells of
        the calls made on its behalf.
      </p>
      {made === null ? (
        <p>
          <button type="button" class="button" disabled={!may("trail-tokens")} onClick={() => void make()}>
            Make a token
          </button>
          {!may("trail-tokens") && <span class="muted"> Your account may not; an operator's may.</span>}
        </p>
      ) : (
        <>
          <Code label="A call that asks" text={`curl -i -H '${made.header}: ${made.token}' http://127.0.0.1:8080/`} />
          <p class="muted" role="status">
            Ends {until(made.expiresAt, now)}.
          </p>
        </>
      )}
      {error !== null && <Failure error={error} />}
    </Card>
  );
}

/** Where a call is explained. */
function address(asked: Written): string {
  const query = new URLSearchParams({ method: asked.method, url: asked.url, from: asked.from });
  asked.headers.forEach((line) => query.append("h", line));
  return explainUrl(query);
}

/** The same question for the command line. */
function command(asked: Written): string {
  const headers = asked.headers.map((line) => ` -H ${quoted(line)}`).join("");
  return `endomesh explain ${asked.method} ${quoted(asked.url)} --from ${quoted(asked.from)}${headers}`;
}

/** For a POSIX shell. */
function quoted(text: string): string {
  return /^[\w./:-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
