/** `/federation?domain=`: whose workloads are believed beside our own, by which roots, and ours for them. */
import { useState } from "preact/hooks";
import type { Federation, Partner, Snapshot } from "../core/api.ts";
import { ago, count, dateTime, plural } from "../core/format.ts";
import { may, mayIn } from "../core/live.ts";
import { go, Link, usePlace, withQuery } from "../core/router.tsx";
import { AskButton, Cli, useAct } from "../ui/act.tsx";
import type { Acting } from "../ui/act.tsx";
import { HealthShape } from "../ui/health.tsx";
import { Icon } from "../ui/icons.tsx";
import { useLoaded } from "../ui/loaded.ts";
import { Ends, Fingerprint } from "../ui/names.tsx";
import { Card, Code, CopyButton, Empty, Failure, Loading, PageHead, Tag } from "../ui/parts.tsx";
import { Table } from "../ui/table.tsx";

const NAMESPACE = "endomesh-system";

export function FederationPage({ snapshot }: { snapshot: Snapshot }) {
  const acting = useAct();
  const { query } = usePlace();
  const known = `${snapshot.status.revision} ${snapshot.status.answers} ${acting.times}`;
  const { value, error } = useLoaded<Federation>("/api/v1/federation", known);
  const chosen = value?.federated.find((one) => one.trustDomain === query.get("domain"));
  return (
    <>
      <PageHead title="Federation" sub="Other trust domains whose workloads are believed to be who they are, by their own roots.">
        <Link class="button" to={withQuery({ add: query.get("add") === null ? "1" : null })}>
          <Icon name="plus" size={14} /> Add a partner
        </Link>
      </PageHead>
      {error !== null && <Failure error={error} />}
      {query.get("add") !== null && <AddCard acting={acting} />}
      {value === null ? (
        error === null && <Loading what="the partners" />
      ) : (
        <>
          <Card title="Partners" flush>
            <Partners snapshot={snapshot} partners={value.federated} selected={chosen?.trustDomain ?? null} />
            <Cli text="endomesh federation list" />
          </Card>
          {chosen !== undefined && (
            <PartnerCard key={chosen.trustDomain} snapshot={snapshot} partner={chosen} acting={acting} />
          )}
          <OwnCard snapshot={snapshot} own={value} />
        </>
      )}
    </>
  );
}

interface PartnersProps {
  snapshot: Snapshot;
  partners: Partner[];
  selected: string | null;
}

function Partners({ snapshot, partners, selected }: PartnersProps) {
  const { now } = snapshot.status;
  if (partners.length === 0) {
    return (
      <Empty icon="federation" title="No other trust domain is believed">
        <p>Callers of another mesh are refused, whatever root vouches for them.</p>
      </Empty>
    );
  }
  return (
    <Table
      label="Partners"
      rows={partners}
      rowKey={(one) => one.trustDomain}
      selected={selected}
      onRow={(one) => go(withQuery({ domain: one.trustDomain }))}
      columns={[
        {
          head: "Trust domain",
          by: (one) => one.trustDomain,
          cell: (one) => (
            <Link class="strong" to={withQuery({ domain: one.trustDomain })}>
              {one.trustDomain}
            </Link>
          ),
        },
        { head: "State", cell: (one) => <State partner={one} now={now} /> },
        { head: "Asked at", minor: true, by: (one) => one.bundleEndpointURL, cell: (one) => one.bundleEndpointURL },
        { head: "Profile", by: (one) => one.profile, cell: (one) => <Tag>{one.profile}</Tag> },
        { head: "Roots", number: true, by: (one) => one.roots.length, cell: (one) => count(one.roots.length) },
        {
          head: "First root ends",
          number: true,
          by: firstEnd,
          cell: (one) => (one.roots.length === 0 ? "–" : <Ends at={firstEnd(one)} now={now} />),
        },
        {
          head: "Fetched",
          number: true,
          by: (one) => one.fetchedAt ?? "",
          cell: (one) => (one.fetchedAt === null ? "not yet" : ago(one.fetchedAt, now)),
        },
      ]}
    />
  );
}

function firstEnd(partner: Partner): string {
  return partner.roots.map((one) => one.notAfter).sort()[0] ?? "";
}

function State({ partner, now }: { partner: Partner; now: string }) {
  const { failure, failingSince, roots } = partner;
  const health = roots.length === 0 ? "failing" : failure !== null ? "degraded" : "healthy";
  const word =
    failure === null
      ? roots.length === 0
        ? "no root is known yet"
        : "believed"
      : `cannot be asked${failingSince === null ? "" : ` for ${ago(failingSince, now).replace(" ago", "")}`}`;
  return (
    <span title={failure ?? ""}>
      <span class="mark">
        <HealthShape health={health} />
      </span>
      {word}
    </span>
  );
}

interface PartnerCardProps {
  snapshot: Snapshot;
  partner: Partner;
  acting: Acting;
}

function PartnerCard({ snapshot, partner, acting }: PartnerCardProps) {
  const { now } = snapshot.status;
  const { trustDomain } = partner;
  const remove = async () => {
    const path = `/api/v1/namespaces/${NAMESPACE}/clusterfederatedtrustdomains/${encodeURIComponent(partner.name)}`;
    if ((await acting.act("DELETE", path)) !== null) go(withQuery({ domain: null }), true);
  };
  return (
    <Card
      title={trustDomain}
      aside={
        <div class="actions">
          <button
            type="button"
            class="button small"
            disabled={acting.busy || !may("ca")}
            onClick={() => void acting.act("POST", `/api/v1/federation/${encodeURIComponent(trustDomain)}/refresh`, {})}
          >
            Ask now
          </button>
          <AskButton
            word="Remove"
            of={trustDomain}
            really="Really believe it no longer"
            disabled={acting.busy || !mayIn("apply", NAMESPACE)}
            onYes={() => void remove()}
          />
          <Link class="button small" to={`/resources/${NAMESPACE}/clusterfederatedtrustdomains/${partner.name}`}>
            Resource
          </Link>
        </div>
      }
    >
      {acting.failed !== null && <Failure error={acting.failed} />}
      {partner.failure !== null && (
        <Failure
          error={`${partner.failure}; ${partner.roots.length === 0 ? "none of its workloads is believed" : "the roots that are known stay"}`}
        />
      )}
      <dl class="facts">
        <dt>Its bundle is at</dt>
        <dd class="mono">{partner.bundleEndpointURL}</dd>
        <dt>Which proves</dt>
        <dd>
          {partner.endpointSPIFFEID === null ? "its name, as Web servers do" : <span class="mono">{partner.endpointSPIFFEID}</span>}
        </dd>
        <dt>Fetched</dt>
        <dd>{partner.fetchedAt === null ? "not since the start" : dateTime(partner.fetchedAt)}</dd>
        <dt>Sequence</dt>
        <dd>{partner.sequence ?? "it has none"}</dd>
        <dt>Its callers</dt>
        <dd>are let in where an AuthorizationPolicy names them, and nowhere else</dd>
      </dl>
      {partner.roots.length > 0 && (
        <Table
          label={`Roots of ${trustDomain}`}
          rows={partner.roots}
          rowKey={(root) => root.fingerprint}
          columns={[
            { head: "Root", cell: (root) => <Fingerprint text={root.fingerprint} /> },
            { head: "Until", by: (root) => root.notAfter, cell: (root) => dateTime(root.notAfter) },
            { head: "Ends", number: true, by: (root) => root.notAfter, cell: (root) => <Ends at={root.notAfter} now={now} /> },
            { head: "Fingerprint", number: true, cell: (root) => <CopyButton text={root.fingerprint} /> },
          ]}
        />
      )}
      <Cli text={`endomesh federation status ${trustDomain}`} />
      <Cli text={`endomesh federation refresh ${trustDomain}`} />
      <Cli text={`endomesh federation remove ${trustDomain}`} />
    </Card>
  );
}

function OwnCard({ snapshot, own }: { snapshot: Snapshot; own: Federation }) {
  const url = `${window.location.protocol}//${snapshot.status.address}/spiffe/bundle`;
  return (
    <Card
      title="Our own, for them"
      aside={
        <a class="button small" href="/spiffe/bundle" download={`${own.trustDomain}.json`}>
          <Icon name="download" size={14} /> Bundle
        </a>
      }
    >
      <dl class="facts">
        <dt>Trust domain</dt>
        <dd class="mono">{own.trustDomain}</dd>
        <dt>Bundle</dt>
        <dd class="mono">{url}</dd>
        <dt>Which proves</dt>
        <dd class="mono">{own.endpointSPIFFEID}</dd>
        <dt>Roots</dt>
        <dd>{plural(snapshot.status.certificateAuthority.roots.length, "root")}, public, and no secret</dd>
      </dl>
      {snapshot.status.trustDomain === "endomesh.local" && (
        <p class="failure warn">
          <Icon name="alert" />
          This mesh has the trust domain that each has by default. Two that federate need names of their own
          (--trust-domain).
        </p>
      )}
      <p class="muted">What the partner runs, with the bundle, which it gets in a way that both trust:</p>
      <Code
        label="Command for the partner"
        text={`endomesh federation add ${own.trustDomain} --url ${url.replace(/^http:/, "https:")} --bundle ${own.trustDomain}.json`}
      />
      <Cli text="endomesh federation bundle" />
    </Card>
  );
}

function AddCard({ acting }: { acting: Acting }) {
  const [domain, setDomain] = useState("");
  const [url, setUrl] = useState("");
  const [web, setWeb] = useState(false);
  const [id, setId] = useState("");
  const [bundle, setBundle] = useState("");
  const proves = id === "" ? `spiffe://${domain || "TRUST-DOMAIN"}/ns/${NAMESPACE}/sa/controller` : id;
  const add = async (event: Event) => {
    event.preventDefault();
    const document = {
      apiVersion: "spire.spiffe.io/v1alpha1",
      kind: "ClusterFederatedTrustDomain",
      metadata: { name: domain.replaceAll("_", "-"), namespace: NAMESPACE },
      spec: {
        trustDomain: domain,
        bundleEndpointURL: url,
        bundleEndpointProfile: web ? { type: "https_web" } : { type: "https_spiffe", endpointSPIFFEID: proves },
        ...(bundle.trim() === "" ? {} : { trustDomainBundle: bundle }),
      },
    };
    if ((await acting.act("POST", "/api/v1/apply", document)) === null) return;
    if (may("ca")) await acting.act("POST", `/api/v1/federation/${encodeURIComponent(domain)}/refresh`, {});
    go(withQuery({ add: null, domain }), true);
  };
  return (
    <Card title="Believe the workloads of another trust domain">
      <form class="fields wrapped" onSubmit={(event) => void add(event)}>
        <label>
          Trust domain
          <input
            required
            pattern="[a-z0-9._\-]{1,255}"
            placeholder="partner.example"
            value={domain}
            onInput={(event) => setDomain(event.currentTarget.value)}
          />
        </label>
        <label>
          Its bundle is at
          <input
            required
            type="url"
            class="wide"
            pattern="https://.*"
            placeholder="https://mesh.partner.example:7443/spiffe/bundle"
            value={url}
            onInput={(event) => setUrl(event.currentTarget.value)}
          />
        </label>
        <label>
          Which proves
          <select class="wide" value={web ? "web" : "spiffe"} onChange={(event) => setWeb(event.currentTarget.value === "web")}>
            <option value="spiffe">a SPIFFE id (https_spiffe)</option>
            <option value="web">its name, as Web servers do (https_web)</option>
          </select>
        </label>
        {!web && (
          <label>
            SPIFFE id
            <input class="wide" placeholder={proves} value={id} onInput={(event) => setId(event.currentTarget.value)} />
          </label>
        )}
        <label class="whole">
          {web ? "Bundle, if there is one already" : "Bundle, got in a way that is trusted"}
          <textarea
            required={!web}
            rows={5}
            spellcheck={false}
            placeholder='{"keys":[…],"spiffe_sequence":1}'
            value={bundle}
            onInput={(event) => setBundle(event.currentTarget.value)}
          />
        </label>
        <button type="submit" class="button primary" disabled={acting.busy || !mayIn("apply", NAMESPACE)}>
          Add
        </button>
        <Link class="button bare" to={withQuery({ add: null })}>
          Cancel
        </Link>
      </form>
      {acting.failed !== null && <Failure error={acting.failed} />}
      {!mayIn("apply", NAMESPACE) && (
        <p class="muted">
          <Icon name="lock" size={14} /> Your account may not apply resources in {NAMESPACE}.
        </p>
      )}
      <Cli
        text={`endomesh federation add ${domain || "TRUST-DOMAIN"} --url ${url || "URL"}${web ? " --profile https_web" : ""}${
          web || id === "" ? "" : ` --endpoint-id ${id}`
        }${bundle.trim() === "" && web ? "" : " --bundle FILE"}`}
      />
    </Card>
  );
}
