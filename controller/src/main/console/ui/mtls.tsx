/** The way from PERMISSIVE to STRICT: who still calls in plaintext, and what to apply when nobody does. */
import { useState } from "preact/hooks";
import type { MtlsDraft, MtlsMode, MtlsModes, PlaintextCalls, Snapshot } from "../core/api.ts";
import { write } from "../core/api.ts";
import { ago, count, timeOfDay } from "../core/format.ts";
import { nodeName } from "../core/model.ts";
import { Link, serviceUrl } from "../core/router.tsx";
import { Icon } from "./icons.tsx";
import { useLoaded } from "./loaded.ts";
import { Card, Empty, Failure, Loading, Tag } from "./parts.tsx";

/** Plaintext calls are counted all the time; a reader needs them this often. */
const REFRESH_MILLIS = 5000;

/** Who calls a service in plaintext fills a line, not a page. */
const SHOWN_CALLERS = 3;

interface Change {
  scope: string;
  mode: MtlsMode;
}

export function MtlsCard({ snapshot }: { snapshot: Snapshot }) {
  const revision = snapshot.resources.reduce((newest, one) => Math.max(newest, one.revision), 0);
  const tick = Math.floor(Date.parse(snapshot.status.now) / REFRESH_MILLIS);
  const known = `${revision} ${snapshot.resources.length} ${snapshot.services.length} ${tick}`;
  const { value, error } = useLoaded<MtlsModes>("/api/v1/mtls", known);
  const [change, setChange] = useState<Change | null>(null);
  return (
    <Card title="Mutual TLS" flush>
      {error !== null && <Failure error={error} />}
      {value === null && error === null && <Loading what="the modes of mutual TLS" />}
      {value !== null && value.services.length === 0 && (
        <Empty icon="access" title="No service has joined">
          <p>For each, its mode and who calls it in plaintext will stand here.</p>
          <Link class="button small" to="/connect">
            Connect one
          </Link>
        </Empty>
      )}
      {value !== null && value.services.length > 0 && (
        <Modes snapshot={snapshot} modes={value} choose={setChange} />
      )}
      {change !== null && (
        <Draft
          key={`${change.scope} ${change.mode}`}
          snapshot={snapshot}
          change={change}
          close={() => setChange(null)}
        />
      )}
    </Card>
  );
}

interface ModesProps {
  snapshot: Snapshot;
  modes: MtlsModes;
  choose: (change: Change) => void;
}

function Modes({ snapshot, modes, choose }: ModesProps) {
  const namespaces = [...new Set(modes.services.map((one) => one.namespace))];
  return (
    <div class="table-box" tabIndex={0} role="region" aria-label="Modes of mutual TLS">
      <table class="table mtls">
        <thead>
          <tr>
            <th scope="col">Service</th>
            <th scope="col">Mode</th>
            <th scope="col">In plaintext since {timeOfDay(modes.since)}</th>
            <th scope="col">
              <span class="sr">Change</span>
            </th>
          </tr>
        </thead>
        {namespaces.map((namespace) => {
          const services = modes.services.filter((one) => one.namespace === namespace);
          const all = services.every((one) => one.mode === "STRICT");
          return (
            <tbody key={namespace}>
              {services.map((service) => (
                <tr key={service.id}>
                  <th scope="row">
                    <Link to={serviceUrl(service.id)}>{service.id}</Link>
                  </th>
                  <td>
                    <Tag>{service.mode}</Tag>
                  </td>
                  <td>
                    {service.plaintext.length === 0 ? (
                      <span class="muted">nobody</span>
                    ) : (
                      service.plaintext.map((calls) => (
                        <Calls key={calls.sourceId + calls.protocol} snapshot={snapshot} calls={calls} />
                      ))
                    )}
                  </td>
                  <td>
                    <Switch scope={service.id} strict={service.mode === "STRICT"} choose={choose} />
                  </td>
                </tr>
              ))}
              <tr>
                <th scope="row" colSpan={3} class="muted">
                  all of {namespace}
                </th>
                <td>
                  <Switch scope={namespace} strict={all} choose={choose} />
                </td>
              </tr>
            </tbody>
          );
        })}
      </table>
    </div>
  );
}

interface SwitchProps {
  scope: string;
  strict: boolean;
  choose: (change: Change) => void;
}

function Switch({ scope, strict, choose }: SwitchProps) {
  const mode = strict ? "PERMISSIVE" : "STRICT";
  return (
    <button type="button" class="button small" data-scope={scope} onClick={() => choose({ scope, mode })}>
      {mode === "STRICT" ? "Make strict…" : "Make permissive…"}
      <span class="sr"> {scope}</span>
    </button>
  );
}

function Calls({ snapshot, calls }: { snapshot: Snapshot; calls: PlaintextCalls }) {
  const now = snapshot.status.now;
  return (
    <div>
      <Icon name="unlocked" size={12} /> {who(snapshot, calls)}
      <span class="muted">
        {" "}
        {count(calls.requestsTotal)} calls, {ago(calls.lastAt, now)}
      </span>
    </div>
  );
}

function who(snapshot: Snapshot, calls: PlaintextCalls): string {
  if (calls.sourceId !== "outside") return nodeName(snapshot, calls.sourceId);
  if (calls.callers.length === 0) return "an address of which no trace is kept";
  const named = calls.callers
    .slice(0, SHOWN_CALLERS)
    .map((one) => `${one.address}${one.instance === null ? "" : ` (${one.instance})`}, ${one.operation}`);
  const more = calls.callers.length - named.length;
  return named.join("; ") + (more > 0 ? `; ${more} more` : "");
}

/** Two steps, so that nobody is cut off by a slip of the finger. */
function Draft({ snapshot, change, close }: { snapshot: Snapshot; change: Change; close: () => void }) {
  const [draft, setDraft] = useState<MtlsDraft | null>(null);
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
  const look = () => during(async () => setDraft(await write<MtlsDraft>("POST", "/api/v1/mtls/draft", change)));
  const apply = (resource: unknown) =>
    during(async () => {
      await write("POST", "/api/v1/apply", resource);
      close();
    });
  return (
    <section class="change" aria-label={`Change ${change.scope}`}>
      <p>
        <b>{change.scope}</b>:{" "}
        {change.mode === "STRICT" ? "take mutual TLS only" : "take plaintext as well as mutual TLS"}
      </p>
      {error !== null && <Failure error={error} />}
      {draft !== null && <Consequences snapshot={snapshot} draft={draft} />}
      <p class="buttons">
        {draft === null ? (
          <button type="button" class="button small" disabled={busy} onClick={() => void look()}>
            What would that do?
          </button>
        ) : (
          <button
            type="button"
            class="button small primary"
            disabled={busy || draft.services.length === 0}
            onClick={() => void apply(draft.resource)}
          >
            {draft.cutOff.length > 0 ? "Cut them off" : "Apply"}
          </button>
        )}
        <button type="button" class="button small bare" onClick={close}>
          Cancel
        </button>
      </p>
    </section>
  );
}

function Consequences({ snapshot, draft }: { snapshot: Snapshot; draft: MtlsDraft }) {
  return (
    <>
      <p role="status">
        {draft.services.length === 0
          ? "No service changes its mode."
          : `Changes: ${draft.services.map((one) => `${one.id} from ${one.now} to ${one.then}`).join(", ")}.`}{" "}
        {draft.services.length > 0 &&
          draft.cutOff.length === 0 &&
          `Nobody called in plaintext since ${timeOfDay(draft.since)}.`}
      </p>
      {draft.cutOff.length > 0 && (
        <>
          <p>These callers would be cut off; let them join the mesh first:</p>
          <ul>
            {draft.cutOff.map((calls) => (
              <li key={calls.sourceId + calls.destinationId + calls.protocol}>
                {nodeName(snapshot, calls.destinationId)}: <Calls snapshot={snapshot} calls={calls} />
              </li>
            ))}
          </ul>
        </>
      )}
    </>
  );
}
