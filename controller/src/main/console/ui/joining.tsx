/** By what workloads join: tokens that are made here, and those of others. */
import { useState } from "preact/hooks";
import type { Issuer, JoinToken, Providers, Snapshot, Token } from "../core/api.ts";
import { ago, count, plural } from "../core/format.ts";
import { may, mayIn } from "../core/live.ts";
import { Link } from "../core/router.tsx";
import type { Acting } from "./act.tsx";
import { AskButton, Cli, useAct } from "./act.tsx";
import { Icon } from "./icons.tsx";
import { useLoaded } from "./loaded.ts";
import { Ends, ResourceLink } from "./names.tsx";
import { Card, Code, Empty, Failure, Loading, Tag } from "./parts.tsx";
import { Table } from "./table.tsx";

const HOURS = [1, 8, 24, 168, 720];
// A label of DNS, as the controller wants it of namespaces and services.
const NAME = "[a-z0-9]([a-z0-9\\-]{0,61}[a-z0-9])?";
const LABELS = "\\s*([^=,\\s]+=[^,]*(,\\s*[^=,\\s]+=[^,]*)*)?\\s*";

export function JoinCards({ snapshot }: { snapshot: Snapshot }) {
  const acting = useAct();
  return (
    <>
      <MakeCard acting={acting} snapshot={snapshot} />
      {may("join-tokens") ? (
        <TokensCard acting={acting} snapshot={snapshot} />
      ) : (
        <p class="muted">
          <Icon name="lock" size={14} /> Your account may not see the tokens of the whole mesh; an operator's may.
        </p>
      )}
      <IssuersCard snapshot={snapshot} />
    </>
  );
}

type Way = "token" | "file" | "spiffe";

const WAYS: { way: Way; word: string; text: string }[] = [
  { way: "token", word: "Join token", text: "A secret of this mesh. It lets in whom you name, as long and as often as you say." },
  { way: "file", word: "Token of an issuer", text: "No secret: the workload shows a token that it finds in a file, as Kubernetes mounts one. A JoinIssuer says whose is believed." },
  { way: "spiffe", word: "SPIFFE Workload API", text: "No secret: SPIRE, or another that speaks it, gives the workload its identity." },
];

interface Asked {
  way: Way;
  namespace: string;
  service: string;
  uses: string;
  hours: number;
  labels: string;
  file: string;
}

const FIRST: Asked = {
  way: "token",
  namespace: "default",
  service: "",
  uses: "",
  hours: 24,
  labels: "",
  file: "/var/run/secrets/endomesh/token",
};

function MakeCard({ acting, snapshot }: { acting: Acting; snapshot: Snapshot }) {
  const [asked, setAsked] = useState(FIRST);
  const [made, setMade] = useState<Partial<Token> | null>(null);
  const set = (change: Partial<Asked>) => {
    setAsked({ ...asked, ...change });
    setMade(null);
  };
  const make = async (event: Event) => {
    event.preventDefault();
    const answer = await acting.act<Partial<Token>>("POST", "/api/v1/tokens", body(asked));
    setMade(answer?.answer ?? null);
  };
  const mine = may("join-tokens") || (asked.way === "token" && mayIn("join-tokens", asked.namespace));
  return (
    <Card title="Make a join string">
      <div class="switch" role="group" aria-label="By what it joins">
        {WAYS.map(({ way, word }) => (
          <button key={way} type="button" aria-pressed={asked.way === way} onClick={() => set({ way })}>
            {word}
          </button>
        ))}
      </div>
      <p class="muted">{WAYS.find((one) => one.way === asked.way)!.text}</p>
      <form class="fields" onSubmit={(event) => void make(event)}>
        {asked.way === "token" && <TokenFields asked={asked} set={set} />}
        {asked.way === "file" && (
          <label>
            File
            <input required class="wide" value={asked.file} onInput={(event) => set({ file: event.currentTarget.value })} />
          </label>
        )}
        <button type="submit" class="button primary" disabled={acting.busy || !mine}>
          Make join string
        </button>
      </form>
      {acting.failed !== null && <Failure error={acting.failed} />}
      {made !== null && (
        <div role="status">
          <p class="muted">
            {made.expiresAt === undefined ? (
              "It holds no secret, and may stand in a manifest."
            ) : (
              <>
                Shown only this once; ends <Ends at={made.expiresAt} now={snapshot.status.now} />. Beside the token it
                says where the controller is and what it proves itself by.
              </>
            )}
          </p>
          <Code label="Join string" text={made.joinString!} />
        </div>
      )}
      <Cli text={command(asked)} />
    </Card>
  );
}

function TokenFields({ asked, set }: { asked: Asked; set: (change: Partial<Asked>) => void }) {
  const text = (name: "namespace" | "service" | "labels") => (event: { currentTarget: HTMLInputElement }) =>
    set({ [name]: event.currentTarget.value });
  return (
    <>
      <label>
        Namespace
        <input required pattern={NAME} value={asked.namespace} onInput={text("namespace")} />
      </label>
      <label>
        Service
        <input pattern={NAME} placeholder="any" value={asked.service} onInput={text("service")} />
      </label>
      <label>
        Labels it vouches for
        <input pattern={LABELS} placeholder="version=v1" value={asked.labels} onInput={text("labels")} />
      </label>
      <label>
        Uses
        <input
          type="number"
          min="1"
          placeholder="any number"
          value={asked.uses}
          onInput={(event) => set({ uses: event.currentTarget.value })}
        />
      </label>
      <label>
        Good for
        <select value={asked.hours} onChange={(event) => set({ hours: Number(event.currentTarget.value) })}>
          {HOURS.map((one) => (
            <option key={one} value={one}>
              {one < 24 ? plural(one, "hour") : plural(one / 24, "day")}
            </option>
          ))}
        </select>
      </label>
    </>
  );
}

function labels(text: string): [string, string][] {
  return text
    .split(",")
    .map((one) => one.trim())
    .filter((one) => one.includes("="))
    .map((one) => [one.slice(0, one.indexOf("=")), one.slice(one.indexOf("=") + 1)]);
}

function body(asked: Asked): unknown {
  if (asked.way === "spiffe") return { spiffe: true };
  if (asked.way === "file") return { file: asked.file };
  return {
    namespace: asked.namespace,
    ...(asked.service === "" ? {} : { service: asked.service }),
    ...(asked.uses === "" ? {} : { uses: Number(asked.uses) }),
    labels: Object.fromEntries(labels(asked.labels)),
    ttlSeconds: asked.hours * 3600,
  };
}

function command(asked: Asked): string {
  const base = "endomesh token create";
  if (asked.way === "spiffe") return `${base} --spiffe`;
  if (asked.way === "file") return `${base} --file ${asked.file}`;
  return [
    `${base} --namespace ${asked.namespace}`,
    ...(asked.service === "" ? [] : [`--service ${asked.service}`]),
    ...(asked.uses === "" ? [] : [`--uses ${asked.uses}`]),
    ...labels(asked.labels).map(([name, value]) => `--label ${name}=${value}`),
    ...(asked.hours === 24 ? [] : [`--ttl PT${asked.hours}H`]),
  ].join(" ");
}

function TokensCard({ acting, snapshot }: { acting: Acting; snapshot: Snapshot }) {
  // A workload that joins uses one.
  const joined = snapshot.workloads.map((one) => one.instance).join();
  const { value, error } = useLoaded<{ tokens: JoinToken[] }>("/api/v1/tokens", `${acting.times} ${joined}`);
  const { now } = snapshot.status;
  return (
    <Card title="Join tokens" flush>
      {error !== null && <Failure error={error} />}
      {value === null ? (
        error === null && <Loading what="the tokens" />
      ) : value.tokens.length === 0 ? (
        <Empty icon="connect" title="No token is good now">
          <p>What has ended, and what was revoked, is listed no longer; the audit log has it.</p>
        </Empty>
      ) : (
        <Table
          label="Join tokens"
          rows={[...value.tokens].sort((a, b) => a.expiresAt.localeCompare(b.expiresAt))}
          rowKey={(token) => token.id}
          columns={[
            { head: "Id", by: (token) => token.id, cell: (token) => <span class="mono">{token.id}</span> },
            {
              head: "Lets in",
              by: (token) => `${token.namespace}/${token.service}`,
              cell: (token) => (token.service === "*" ? <>any service of {token.namespace}</> : `${token.namespace}/${token.service}`),
            },
            {
              head: "Labels",
              cell: (token) =>
                Object.entries(token.labels).map(([name, label]) => <Tag key={name}>{`${name}=${label}`}</Tag>),
            },
            {
              head: "Uses left",
              number: true,
              by: (token) => (token.uses === null ? Infinity : token.uses - (token.used ?? 0)),
              cell: (token) => (token.uses === null ? "any number" : `${count(token.uses - (token.used ?? 0))} of ${count(token.uses)}`),
            },
            { head: "Made", minor: true, number: true, by: (token) => token.createdAt, cell: (token) => ago(token.createdAt, now) },
            {
              head: "Last used",
              number: true,
              by: (token) => token.lastUsedAt ?? "",
              cell: (token) => (token.lastUsedAt === null ? "never" : ago(token.lastUsedAt, now)),
            },
            { head: "Ends", number: true, by: (token) => token.expiresAt, cell: (token) => <Ends at={token.expiresAt} now={now} /> },
            {
              head: "Act",
              number: true,
              cell: (token) => (
                <AskButton
                  word="Revoke"
                  of={token.id}
                  really="Really revoke"
                  disabled={acting.busy}
                  onYes={() => void acting.act("DELETE", `/api/v1/tokens/${token.id}`)}
                />
              ),
            },
          ]}
        />
      )}
      <Cli text="endomesh token list" />
    </Card>
  );
}

function IssuersCard({ snapshot }: { snapshot: Snapshot }) {
  const known = `${snapshot.status.revision} ${snapshot.status.answers}`;
  const { value, error } = useLoaded<Providers>("/api/v1/providers", known);
  const issuers = value?.issuers.filter((one) => one.for === "joining") ?? [];
  return (
    <Card title="Issuers whose tokens let workloads join" flush>
      {error !== null && <Failure error={error} />}
      {value === null && error === null && <Loading what="the issuers" />}
      {value !== null && issuers.length === 0 && (
        <Empty icon="provider" title="No JoinIssuer is applied">
          <p>With one, workloads join by the service accounts of a Kubernetes cluster, without a secret.</p>
        </Empty>
      )}
      {issuers.length > 0 && <JoinIssuers snapshot={snapshot} issuers={issuers} />}
    </Card>
  );
}

function JoinIssuers({ snapshot, issuers }: { snapshot: Snapshot; issuers: Issuer[] }) {
  return (
    <Table
      label="Issuers whose tokens let workloads join"
      rows={issuers}
      rowKey={(one) => `${one.namespace}/${one.name}`}
      columns={[
        { head: "JoinIssuer", by: (one) => one.name, cell: (one) => <ResourceLink snapshot={snapshot} of={one} /> },
        { head: "Issuer", by: (one) => one.issuer, cell: (one) => one.issuer },
        { head: "For", cell: (one) => one.audiences.join(", ") },
        { head: "Keys", number: true, by: (one) => one.keys.length, cell: (one) => count(one.keys.length) },
        {
          head: "State",
          cell: (one) => (
            <Link class="button small" to="/providers">
              {one.failure === null ? "Keys are known" : "Keys cannot be fetched"}
            </Link>
          ),
        },
      ]}
    />
  );
}
