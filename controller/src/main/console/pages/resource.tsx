/** `/resources/{namespace}/{plural}/{name}`: one resource as YAML, and its history. */
import type { Snapshot } from "../core/api.ts";
import { ago, count } from "../core/format.ts";
import { Link, serviceUrl } from "../core/router.tsx";
import { toYaml } from "../core/yaml.ts";
import { useLoaded } from "../ui/loaded.ts";
import { Card, CopyButton, Empty, Failure, Loading, PageHead, Tag } from "../ui/parts.tsx";
import { History } from "../ui/history.tsx";

interface ResourcePageProps {
  snapshot: Snapshot;
  namespace: string;
  plural: string;
  name: string;
}

export function ResourcePage({ snapshot, namespace, plural, name }: ResourcePageProps) {
  const row = snapshot.resources.find((r) => r.namespace === namespace && r.plural === plural && r.name === name);
  const path = `/api/v1/namespaces/${namespace}/${plural}/${name}`;
  const { value, error } = useLoaded<Record<string, unknown>>(path, row?.revision ?? 0);
  if (row === undefined) {
    return (
      <Empty page icon="resources" title={`${name} is not applied`}>
        <p>It was never applied or has been deleted; the history tells which.</p>
        <Link class="button" to="/resources?view=history">
          History
        </Link>
      </Empty>
    );
  }
  const services = snapshot.services.filter((service) =>
    service.resources.some((r) => r.kind === row.kind && r.namespace === namespace && r.name === name),
  );
  const yaml = value === null ? "" : toYaml(value);
  return (
    <>
      <PageHead
        title={
          <>
            {name} <span class="muted">{namespace}</span>
          </>
        }
        sub={`${row.kind}, revision ${count(row.revision)}, changed ${ago(row.updatedAt, snapshot.status.now)}`}
      />
      <p class="pills">
        <Tag>{row.kind}</Tag>
        {services.length === 0 ? (
          <span class="muted">applies to no service that is known now</span>
        ) : (
          <>
            <span class="muted">applies to</span>
            {services.map((service) => (
              <Link key={service.id} to={serviceUrl(service.id)}>
                {service.name}
              </Link>
            ))}
          </>
        )}
      </p>
      <div class="columns even">
        <Card title="As applied" aside={<CopyButton text={yaml} label="Copy YAML" />} flush>
          {error !== null && <Failure error={error} />}
          {value === null && error === null ? (
            <Loading what="the resource" />
          ) : (
            <pre class="yaml" tabIndex={0} aria-label="YAML">
              <Yaml text={yaml} />
            </pre>
          )}
        </Card>
        <div>
          <h2 class="section">History</h2>
          <History snapshot={snapshot} of={row} />
        </div>
      </div>
    </>
  );
}

/** Keys and values in two tones, enough to find one's way. */
function Yaml({ text }: { text: string }) {
  return (
    <>
      {text.split("\n").map((line, i) => {
        const parts = /^(\s*(?:- )*)([^:\s"]+:)?(.*)$/.exec(line);
        return (
          <span key={i}>
            {parts?.[1]}
            <span class="key">{parts?.[2]}</span>
            {`${parts?.[3] ?? ""}\n`}
          </span>
        );
      })}
    </>
  );
}
