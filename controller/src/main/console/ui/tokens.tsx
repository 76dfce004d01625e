/** API tokens: those of who looks, and all for an admin. */
import { useState } from "preact/hooks";
import type { ApiToken, Session } from "../core/api.ts";
import { write } from "../core/api.ts";
import { ago, until } from "../core/format.ts";
import { AskButton, Cli } from "./act.tsx";
import { useLoaded } from "./loaded.ts";
import { Card, Code, Failure, Loading } from "./parts.tsx";
import { Table } from "./table.tsx";

const DAYS = [1, 30, 90, 365];

export function ApiTokens({ session, now }: { session: Session; now: string }) {
  const [changes, setChanges] = useState(0);
  const [made, setMade] = useState<string | null>(null);
  const [failed, setFailed] = useState<string | null>(null);
  const { value, error } = useLoaded<{ apiTokens: ApiToken[] }>("/api/v1/api-tokens", changes);
  const act = async (method: string, path: string, body?: unknown) => {
    setFailed(null);
    setMade(null);
    try {
      const token = await write<{ token?: string } | undefined>(method, path, body);
      setMade(token?.token ?? null);
    } catch (failure) {
      setFailed((failure as Error).message);
    }
    setChanges((n) => n + 1);
  };
  return (
    <Card title="API tokens">
      <p class="muted">For programs. A token never does more than you may, and ends with your account.</p>
      <Create session={session} onCreate={(asked) => void act("POST", "/api/v1/api-tokens", asked)} />
      {made !== null && (
        <div role="status">
          <p class="muted">Shown only this once.</p>
          <Code label="API token" text={made} />
        </div>
      )}
      {failed !== null && <Failure error={failed} />}
      {error !== null && <Failure error={error} />}
      {value === null
        ? error === null && <Loading what="the tokens" />
        : value.apiTokens.length > 0 && (
            <Table
              label="API tokens"
              rows={value.apiTokens}
              rowKey={(token) => token.id}
              columns={[
                { head: "Name", cell: (token) => token.name || <span class="mono">{token.id}</span> },
                { head: "Of", by: (token) => token.owner, cell: (token) => token.owner },
                { head: "May", cell: (token) => token.scopes.join(", ") },
                {
                  head: "Last used",
                  by: (token) => token.lastUsedAt ?? "",
                  cell: (token) => (token.lastUsedAt === null ? "never" : ago(token.lastUsedAt, now)),
                },
                { head: "Ends", by: (token) => token.expiresAt, cell: (token) => until(token.expiresAt, now) },
                {
                  head: "Actions",
                  cell: (token) => (
                    <AskButton
                      word="Revoke"
                      of={token.name || token.id}
                      really="Really revoke"
                      onYes={() => void act("DELETE", `/api/v1/api-tokens/${token.id}`)}
                    />
                  ),
                },
              ]}
            />
          )}
      <Cli text="endomesh token api list" />
    </Card>
  );
}

interface CreateProps {
  session: Session;
  onCreate: (asked: { name: string; scopes: string[]; ttlSeconds: number }) => void;
}

function Create({ session, onCreate }: CreateProps) {
  const [name, setName] = useState("");
  const [scopes, setScopes] = useState("read");
  const [days, setDays] = useState(30);
  const create = (event: Event) => {
    event.preventDefault();
    onCreate({ name, scopes: scopes.split(",").map((one) => one.trim()), ttlSeconds: days * 86_400 });
  };
  return (
    <form class="fields" onSubmit={create}>
      <label>
        Name
        <input value={name} onInput={(event) => setName(event.currentTarget.value)} />
      </label>
      <label>
        Scopes
        <input
          required
          list="scopes"
          value={scopes}
          placeholder="read, apply:shop"
          onInput={(event) => setScopes(event.currentTarget.value)}
        />
        <datalist id="scopes">
          {session.rights.map((one) => (
            <option key={one} value={one} />
          ))}
        </datalist>
      </label>
      <label>
        Good for
        <select value={days} onChange={(event) => setDays(Number(event.currentTarget.value))}>
          {DAYS.map((one) => (
            <option key={one} value={one}>
              {one === 1 ? "1 day" : `${one} days`}
            </option>
          ))}
        </select>
      </label>
      <button type="submit" class="button">
        Make token
      </button>
    </form>
  );
}
