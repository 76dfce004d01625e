/** Names of resources, times of certificates and fingerprints, as pages about trust show them. */
import type { ResourceName, Snapshot } from "../core/api.ts";
import { dateTime, until } from "../core/format.ts";
import { resourceOf } from "../core/model.ts";
import { Link, resourceUrl } from "../core/router.tsx";

export function ResourceLink({ snapshot, of }: { snapshot: Snapshot; of: ResourceName }) {
  const row = resourceOf(snapshot, of);
  const text = `${of.namespace}/${of.name}`;
  return row === undefined ? <span>{text}</span> : <Link to={resourceUrl(row)}>{text}</Link>;
}

export function ResourceLinks({ snapshot, of }: { snapshot: Snapshot; of: ResourceName[] }) {
  if (of.length === 0) return <span class="muted">none</span>;
  return (
    <>
      {of.map((one) => (
        <div key={`${one.kind}/${one.namespace}/${one.name}`}>
          <ResourceLink snapshot={snapshot} of={one} />
        </div>
      ))}
    </>
  );
}

/** Enough of a fingerprint to tell two apart; the whole of it is at the pointer, and for who listens. */
export function Fingerprint({ text }: { text: string }) {
  const hex = text.replace(/^sha256:/, "");
  return (
    <span class="mono" title={text}>
      {hex.slice(0, 8)}…{hex.slice(-8)}
    </span>
  );
}

/** The same with the time itself below. */
export function EndsAt({ at, now }: { at: string; now: string }) {
  return (
    <div class="two-lines">
      {until(at, now)}
      <small>{dateTime(at)}</small>
    </div>
  );
}

export function Ends({ at, now }: { at: string; now: string }) {
  return <time title={dateTime(at)}>{until(at, now)}</time>;
}
