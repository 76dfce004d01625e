/** `/users`: who may use the controller, and what each may do. */
import { useState } from "preact/hooks";
import type { Guest, Role, Snapshot, User, Ways } from "../core/api.ts";
import { write } from "../core/api.ts";
import { ago } from "../core/format.ts";
import { may, useLive } from "../core/live.ts";
import { AskButton, Cli } from "../ui/act.tsx";
import { useLoaded } from "../ui/loaded.ts";
import { Card, Code, Empty, Failure, Loading, PageHead } from "../ui/parts.tsx";
import { Table } from "../ui/table.tsx";
import { Forbidden } from "./audit.tsx";

const ROLES: Role[] = ["viewer", "operator", "admin"];

export function UsersPage({ snapshot }: { snapshot: Snapshot }) {
  if (!may("users")) return <Forbidden what="see and change users" />;
  return <Accounts snapshot={snapshot} />;
}

function Accounts({ snapshot }: { snapshot: Snapshot }) {
  const [changes, setChanges] = useState(0);
  const [link, setLink] = useState<{ user: string; path: string } | null>(null);
  const [failed, setFailed] = useState<string | null>(null);
  const { value, error } = useLoaded<{ users: User[]; others: Guest[] }>("/api/v1/users", changes);
  const act = async (method: string, path: string, body?: unknown) => {
    setFailed(null);
    setLink(null);
    try {
      const user = await write<(User & { setupPath?: string | null }) | undefined>(method, path, body);
      if (user?.setupPath != null) setLink({ user: user.name, path: user.setupPath });
    } catch (failure) {
      setFailed((failure as Error).message);
    }
    setChanges((n) => n + 1);
  };
  return (
    <>
      <PageHead title="Users" sub="A viewer sees, an operator changes, an admin says who may." />
      <Card title="Add a user">
        <AddForm onAdd={(user) => void act("POST", "/api/v1/users", user)} />
        {link !== null && (
          <div role="status">
            <p class="muted">{link.user} sets a password by this link. It is good once, for a day.</p>
            <Code label={`Link for ${link.user}`} text={window.location.origin + link.path} />
          </div>
        )}
        {failed !== null && <Failure error={failed} />}
      </Card>
      {error !== null && <Failure error={error} />}
      {value === null ? (
        error === null && <Loading what="the users" />
      ) : (
        <>
          <Card flush>
            {value.users.length === 0 ? (
              <Empty icon="user" title="No accounts yet">
                <p>On this machine everybody is let in as an admin. From elsewhere, only who has an account is.</p>
              </Empty>
            ) : (
              <UserTable users={value.users} now={snapshot.status.now} onAct={(...what) => void act(...what)} />
            )}
            <Cli text="endomesh user list" />
          </Card>
          {value.others.length > 0 && (
            <Card title="Logged in without an account here" flush>
              <Guests guests={value.others} onAct={(...what) => void act(...what)} />
            </Card>
          )}
        </>
      )}
      <ProviderCard />
    </>
  );
}

function AddForm({ onAdd }: { onAdd: (user: { name: string; role: Role; tap: boolean }) => void }) {
  const [name, setName] = useState("");
  const [role, setRole] = useState<Role>("viewer");
  const [tap, setTap] = useState(false);
  const add = (event: Event) => {
    event.preventDefault();
    onAdd({ name, role, tap });
    setName("");
  };
  return (
    <form class="fields" onSubmit={add}>
      <label>
        Name
        <input
          name="name"
          required
          autocomplete="off"
          autocapitalize="none"
          pattern="[a-z0-9][a-z0-9._@+\-]{0,62}"
          value={name}
          onInput={(event) => setName(event.currentTarget.value)}
        />
      </label>
      <label>
        Role
        <select value={role} onChange={(event) => setRole(event.currentTarget.value as Role)}>
          {ROLES.map((one) => (
            <option key={one}>{one}</option>
          ))}
        </select>
      </label>
      <label class="check">
        <input type="checkbox" checked={tap} onChange={(event) => setTap(event.currentTarget.checked)} />
        May see the content of calls
      </label>
      <button type="submit" class="button primary">
        Add
      </button>
    </form>
  );
}

/** Who has no account here, and comes in by what a provider says of them. */
function ProviderCard() {
  const { value } = useLoaded<Ways>("/oidc/provider", 0);
  if (value === null) return null;
  const { provider } = value;
  return (
    <Card title="People of a provider (OpenID Connect)">
      {provider === null ? (
        <p class="muted">None: the controller was started without --oidc-issuer.</p>
      ) : (
        <>
          {provider.failure !== null && <Failure error={provider.failure} />}
          <p>
            They log in by <b>{provider.name}</b>. A claim gives them their role:{" "}
            <span class="mono">{provider.claims.join(", ")}</span>. They have no account here, and none to remove; what
            they did is in the audit log.
          </p>
        </>
      )}
    </Card>
  );
}

interface UserTableProps {
  users: User[];
  now: string;
  onAct: (method: string, path: string, body?: unknown) => void;
}

function UserTable({ users, now, onAct }: UserTableProps) {
  const { session } = useLive();
  const path = (user: User, rest = "") => `/api/v1/users/${encodeURIComponent(user.name)}${rest}`;
  return (
    <Table
      label="Users"
      rows={users}
      rowKey={(user) => user.name}
      columns={[
        {
          head: "Name",
          by: (user) => user.name,
          cell: (user) => (
            <>
              <b>{user.name}</b>
              {user.name === session?.user && <span class="muted"> (you)</span>}
            </>
          ),
        },
        {
          head: "Role",
          by: (user) => ROLES.indexOf(user.role),
          cell: (user) => (
            <span class="select">
              <select
                aria-label={`Role of ${user.name}`}
                value={user.role}
                onChange={(event) => onAct("PUT", path(user, "/role"), { role: event.currentTarget.value })}
              >
                {ROLES.map((one) => (
                  <option key={one}>{one}</option>
                ))}
              </select>
            </span>
          ),
        },
        {
          head: "Content of calls",
          cell: (user) => (
            <input
              type="checkbox"
              aria-label={`${user.name} may see the content of calls`}
              checked={user.tap}
              onChange={(event) => onAct("PUT", path(user, "/role"), { tap: event.currentTarget.checked })}
            />
          ),
        },
        { head: "Password", cell: (user) => (user.password ? "set" : "not set yet") },
        { head: "Sessions", number: true, by: (user) => user.sessions, cell: (user) => user.sessions },
        { head: "Since", number: true, by: (user) => user.createdAt, cell: (user) => ago(user.createdAt, now) },
        {
          head: "Actions",
          cell: (user) => (
            <span class="row">
              <button type="button" class="button small" onClick={() => onAct("POST", path(user, "/password"), {})}>
                New password link<span class="sr"> for {user.name}</span>
              </button>
                <EndSessions of={user} onAct={onAct} />
                <AskButton
                  word="Remove"
                  of={user.name}
                  really={`Really remove ${user.name}`}
                  onYes={() => onAct("DELETE", path(user))}
                />
            </span>
          ),
        },
      ]}
    />
  );
}

function Guests({ guests, onAct }: { guests: Guest[]; onAct: UserTableProps["onAct"] }) {
  return (
    <Table
      label="Logged in without an account here"
      rows={guests}
      rowKey={(guest) => guest.name}
      columns={[
        { head: "Name", by: (guest) => guest.name, cell: (guest) => <b>{guest.name}</b> },
        { head: "Sessions", number: true, by: (guest) => guest.sessions, cell: (guest) => guest.sessions },
        { head: "Actions", cell: (guest) => <EndSessions of={guest} onAct={onAct} /> },
      ]}
    />
  );
}

/** They may log in again. */
function EndSessions({ of, onAct }: { of: Guest; onAct: UserTableProps["onAct"] }) {
  return (
    <button
      type="button"
      class="button small"
      disabled={of.sessions === 0}
      onClick={() => onAct("DELETE", `/api/v1/users/${encodeURIComponent(of.name)}/sessions`)}
    >
      End sessions<span class="sr"> of {of.name}</span>
    </button>
  );
}
