/** The certificate authority: who signs, which roots hold, and how one follows another. */
import { useState } from "preact/hooks";
import type { Authority, Root, Rotation, Snapshot } from "../core/api.ts";
import { count, dateTime, plural } from "../core/format.ts";
import { may } from "../core/live.ts";
import { Link, serviceUrl } from "../core/router.tsx";
import { Cli, Confirm, useAct } from "./act.tsx";
import { Icon } from "./icons.tsx";
import { Ends, EndsAt, Fingerprint } from "./names.tsx";
import { useLoaded } from "./loaded.ts";
import { Card, CopyButton, Failure, Tag } from "./parts.tsx";
import { Table } from "./table.tsx";

const KINDS: Record<string, string> = {
  "self-made": "made by this controller, kept in its data directory",
  brought: "brought, from files",
  token: "brought, its key in a token (PKCS #11)",
  command: "a program is asked for each certificate",
};

export function AuthorityCards({ snapshot }: { snapshot: Snapshot }) {
  const authority = snapshot.status.certificateAuthority;
  const { value: pem } = useLoaded<{ roots: { pem: string }[] }>(
    "/api/v1/ca",
    authority.roots.map((one) => one.fingerprint).join(),
  );
  return (
    <>
      <div class="columns even">
        <Card title="Certificate authority">
          <Facts authority={authority} now={snapshot.status.now} />
        </Card>
        <RotationCard snapshot={snapshot} authority={authority} />
      </div>
      <Card
        title="Roots that are believed"
        aside={<CopyButton text={pem?.roots.map((one) => one.pem).join("") ?? ""} label="Copy as PEM" />}
        flush
      >
        <Roots authority={authority} now={snapshot.status.now} />
        <Cli text="endomesh ca roots" />
      </Card>
    </>
  );
}

function Facts({ authority, now }: { authority: Authority; now: string }) {
  const { command } = authority;
  return (
    <>
      <dl class="facts">
        <dt>Kind</dt>
        <dd>{KINDS[authority.kind] ?? authority.kind}</dd>
        <dt>Signs</dt>
        <dd>{authority.issuer}</dd>
        <dt>Good from</dt>
        <dd>{dateTime(authority.issuerNotBefore)}</dd>
        <dt>Ends</dt>
        <dd>
          {dateTime(authority.issuerNotAfter)} <span class="muted">(<Ends at={authority.issuerNotAfter} now={now} />)</span>
        </dd>
        <dt>Fingerprint</dt>
        <dd>
          <Fingerprint text={authority.issuerFingerprint} />
        </dd>
        <dt>Below root</dt>
        <dd>
          <Fingerprint text={authority.fingerprint} />
        </dd>
        <dt>Revoked</dt>
        <dd>
          {authority.revoked === 0 ? "no certificate" : `${plural(authority.revoked, "certificate")}, refused everywhere`}
        </dd>
        {command !== undefined && (
          <>
            <dt>Program</dt>
            <dd>
              {count(command.issued)} certificates since the start, {count(command.failed)} failures
            </dd>
          </>
        )}
      </dl>
      {command?.lastFailure != null && <Failure error={`The last failure: ${command.lastFailure}`} />}
      <Cli text="endomesh ca status" />
    </>
  );
}

function Roots({ authority, now }: { authority: Authority; now: string }) {
  return (
    <Table
      label="Roots that are believed"
      rows={authority.roots}
      rowKey={(root) => root.fingerprint}
      columns={[
        {
          head: "Root",
          cell: (root) => (
            <>
              <Fingerprint text={root.fingerprint} /> <RootTag authority={authority} root={root} />
            </>
          ),
        },
        { head: "Name", cell: (root) => root.subject },
        { head: "Good from", minor: true, by: (root) => root.notBefore, cell: (root) => dateTime(root.notBefore) },
        { head: "Ends", number: true, by: (root) => root.notAfter, cell: (root) => <EndsAt at={root.notAfter} now={now} /> },
        { head: "Fingerprint", number: true, cell: (root) => <CopyButton text={root.fingerprint} /> },
      ]}
    />
  );
}

function RootTag({ authority, root }: { authority: Authority; root: Root }) {
  if (!root.own) return <Tag>another authority, such as SPIRE</Tag>;
  if (root.fingerprint === authority.fingerprint) return <Tag tone="ok">signs</Tag>;
  if (authority.rotation?.phase === "ANNOUNCE") return <Tag tone="accent">next</Tag>;
  return authority.rotation === null ? <Tag>believed</Tag> : <Tag>leaving</Tag>;
}

const STEPS: { phase: Rotation["phase"]; word: string }[] = [
  { phase: "ANNOUNCE", word: "Both roots are believed; workloads come to know the next one" },
  { phase: "SIGN", word: "The next root signs; workloads renew their certificates" },
];

type Step = "rotate" | "hurry" | "abort";

const ASKED: Record<Step, { title: string; word: string; command: string; path: string; now: boolean; text: string }> = {
  rotate: {
    title: "Let another root follow this one?",
    word: "Begin the rotation",
    command: "endomesh ca rotate",
    path: "/api/v1/ca/rotate",
    now: false,
    text: "Both roots are believed while workloads come to know the next one, for an hour, and renew their certificates, for a day. No call fails. Servers outside the mesh that know the roots, such as databases, need the next one as well.",
  },
  hurry: {
    title: "Go on as soon as all connected workloads are as far?",
    word: "Hurry",
    command: "endomesh ca rotate --now",
    path: "/api/v1/ca/rotate",
    now: true,
    text: "Workloads that are away have to join again by their token.",
  },
  abort: {
    title: "Give the rotation up?",
    word: "Give it up",
    command: "endomesh ca abort",
    path: "/api/v1/ca/abort",
    now: false,
    text: "The present root stays. If the next has signed already, workloads renew once more.",
  },
};

function RotationCard({ snapshot, authority }: { snapshot: Snapshot; authority: Authority }) {
  const acting = useAct();
  const [asked, setAsked] = useState<Step | null>(null);
  const { rotation } = authority;
  const ask = (step: Step, word: string) => (
    <button type="button" class="button small" disabled={!may("ca")} onClick={() => setAsked(step)}>
      {word}
    </button>
  );
  const run = async (step: Step) => {
    const { path, now } = ASKED[step];
    if ((await acting.act("POST", path, { now })) !== null) setAsked(null);
  };
  return (
    <Card title="Root rotation">
      {rotation === null ? (
        <p>
          None is under way.{" "}
          {authority.kind === "self-made"
            ? "It begins by itself when a fifth of the root's life is left."
            : "Of an authority that was brought the next root is brought as well: both in its chain."}
        </p>
      ) : (
        <Progress snapshot={snapshot} rotation={rotation} />
      )}
      <p class="row">
        {rotation === null
          ? authority.kind === "self-made" && ask("rotate", "Rotate…")
          : rotation.phase !== "RETURN" && (
              <>
                {!rotation.now && ask("hurry", "Hurry…")}
                {ask("abort", "Give up…")}
              </>
            )}
      </p>
      {!may("ca") && (
        <p class="muted">
          <Icon name="lock" size={14} /> Your account may not act on the authority; an admin's may.
        </p>
      )}
      {asked !== null && (
        <Confirm
          key={asked}
          title={ASKED[asked].title}
          word={ASKED[asked].word}
          command={ASKED[asked].command}
          acting={acting}
          onYes={() => void run(asked)}
          onClose={() => setAsked(null)}
        >
          <p>{ASKED[asked].text}</p>
        </Confirm>
      )}
    </Card>
  );
}

function Progress({ snapshot, rotation }: { snapshot: Snapshot; rotation: Rotation }) {
  const at = STEPS.findIndex((one) => one.phase === rotation.phase);
  return (
    <>
      {at < 0 ? (
        <p>Given up: workloads go back to the present root, since {dateTime(rotation.since)}.</p>
      ) : (
        <ol class="phases">
          {STEPS.map(({ phase, word }, i) => (
            <li key={phase} aria-current={i === at ? "step" : undefined} class={i < at ? "done" : ""}>
              {word}
              {i === at && (
                <small>
                  since {dateTime(rotation.since)}
                  {rotation.now && ", hurried"}
                </small>
              )}
            </li>
          ))}
          <li>The root before is believed no longer</li>
        </ol>
      )}
      {rotation.waitingFor.length > 0 && (
        <p>
          Waits for{" "}
          {rotation.waitingFor.map((instance, i) => (
            <span key={instance}>
              {i > 0 && ", "}
              <Waiting snapshot={snapshot} instance={instance} />
            </span>
          ))}
        </p>
      )}
    </>
  );
}

function Waiting({ snapshot, instance }: { snapshot: Snapshot; instance: string }) {
  const workload = snapshot.workloads.find((one) => one.instance === instance);
  if (workload === undefined) return <span>{instance}</span>;
  return (
    <Link class="button small" to={`${serviceUrl(workload.serviceId)}#${instance}`}>
      {instance}
    </Link>
  );
}
