/** `/routes/{namespace}/{name}`: how the calls of a service are split, other weights, and ramps. */
import { useState } from "preact/hooks";
import type { Route, RouteSplit, Snapshot, SplitBackend, WeightsAnswer } from "../core/api.ts";
import { millis, percent, plural, rate } from "../core/format.ts";
import { mayIn } from "../core/live.ts";
import { go, Link, resourceUrl, routeUrl, serviceUrl } from "../core/router.tsx";
import { toYaml } from "../core/yaml.ts";
import { Cli, useAct } from "../ui/act.tsx";
import { Diff, History } from "../ui/history.tsx";
import { Icon } from "../ui/icons.tsx";
import { useLoaded } from "../ui/loaded.ts";
import { Card, CopyButton, Empty, Failure, Loading, PageHead, Tag } from "../ui/parts.tsx";
import { isActive, RampForm, RampLog, RampProgress } from "../ui/ramp.tsx";
import { Table } from "../ui/table.tsx";

/** `/routes`: the services of which one may be chosen. */
export function RoutesPage({ snapshot }: { snapshot: Snapshot }) {
  return (
    <>
      <PageHead title="Routes" sub="Which version of a service gets which share of its calls" />
      {snapshot.services.length === 0 ? (
        <Empty icon="services" title="No service has joined yet">
          <Link class="button primary" to="/connect">
            Connect a service
          </Link>
        </Empty>
      ) : (
        <Card flush>
          <Table
            label="Services"
            rows={snapshot.services}
            rowKey={(one) => one.id}
            onRow={(one) => go(routeUrl(one.id))}
            columns={[
              {
                head: "Service",
                by: (one) => one.id,
                cell: (one) => (
                  <Link class="strong" to={routeUrl(one.id)}>
                    {one.id}
                  </Link>
                ),
              },
              {
                head: "Versions",
                cell: (one) => (one.versions.length === 0 ? "–" : one.versions.map((version) => <Tag key={version}>{version}</Tag>)),
              },
              { head: "Rate", number: true, by: (one) => one.inbound.requestsPerSecond, cell: (one) => rate(one.inbound.requestsPerSecond) },
              { head: "Errors", number: true, by: (one) => one.inbound.errorRatio ?? -1, cell: (one) => percent(one.inbound.errorRatio) },
            ]}
          />
        </Card>
      )}
    </>
  );
}

export function RoutePage({ snapshot, id }: { snapshot: Snapshot; id: string }) {
  const [times, setTimes] = useState(0);
  const { value, error } = useLoaded<Route>(`/api/v1/routes/${id}`, `${snapshot.sequence} ${times}`);
  const again = () => setTimes(times + 1);
  const active = value?.ramps.filter(isActive) ?? [];
  return (
    <>
      <PageHead title={`Route of ${id.split("/")[1]}`} sub={`The calls of ${id}, by version`}>
        <Link class="button" to={serviceUrl(id)}>
          <Icon name="services" size={14} /> Service
        </Link>
        <Link class="button" to={`/graph?sel=${id}`}>
          <Icon name="graph" size={14} /> In the graph
        </Link>
      </PageHead>
      {error !== null && <Failure error={error} />}
      {value === null && error === null && <Loading what="the route" />}
      {active.map((ramp) => (
        <RampProgress key={ramp.id} snapshot={snapshot} ramp={ramp} onDone={again} />
      ))}
      {value?.advice != null && <Advice route={value} onDone={again} />}
      {value?.splits.map((split) => (
        <SplitCard
          key={`${split.resource.kind}/${split.resource.namespace}/${split.resource.name}/${split.rule}`}
          snapshot={snapshot}
          id={id}
          split={split}
          alone={value.splits.filter((one) => one.counts).length === 1 && split.counts}
          ramped={active.some((ramp) => same(ramp.resource, split.resource))}
          onDone={again}
        />
      ))}
      {value !== null && <RampLog snapshot={snapshot} ramps={value.ramps.filter((ramp) => !isActive(ramp))} />}
    </>
  );
}

interface Named {
  kind: string;
  namespace: string;
  name: string;
}

function same(a: Named, b: Named): boolean {
  return a.kind === b.kind && a.namespace === b.namespace && a.name === b.name;
}

/** What to do where nothing is split, before it is done. */
function Advice({ route, onDone }: { route: Route; onDone: () => void }) {
  const acting = useAct();
  const yaml = route.proposal?.items.map(toYaml).join("\n---\n") ?? "";
  const apply = async () => {
    await acting.act("POST", "/api/v1/apply", route.proposal);
    onDone();
  };
  return (
    <Card title={route.proposal === null ? "No split" : "A split for the versions that run"} aside={yaml !== "" && <CopyButton text={yaml} label="Copy YAML" />}>
      <p>{route.advice}</p>
      {route.versions.length > 0 && (
        <p class="pills">
          {route.versions.map((one) => (
            <Tag key={one.version}>
              {one.version}: {plural(one.instances, "instance")}
            </Tag>
          ))}
        </p>
      )}
      {yaml !== "" && (
        <>
          <pre class="yaml" tabIndex={0} aria-label="YAML that would be applied">
            {yaml}
          </pre>
          {acting.failed !== null && <Failure error={acting.failed} />}
          <p class="buttons">
            <button type="button" class="button primary" disabled={acting.busy || !mayIn("apply", route.id.split("/")[0]!)} onClick={() => void apply()}>
              Apply it
            </button>
          </p>
        </>
      )}
    </Card>
  );
}

interface SplitCardProps {
  snapshot: Snapshot;
  id: string;
  split: RouteSplit;
  /** Then the command line needs not say which one is meant. */
  alone: boolean;
  ramped: boolean;
  onDone: () => void;
}

function SplitCard({ snapshot, id, split, alone, ramped, onDone }: SplitCardProps) {
  const [draft, setDraft] = useState<Record<string, number> | null>(null);
  const allowed = mayIn("apply", split.resource.namespace);
  const weights = draft ?? Object.fromEntries(split.backends.map((one) => [one.name, one.weight]));
  const { kind, namespace, name } = split.resource;
  return (
    <Card title={`${kind} ${namespace}/${name}`} aside={<Link to={resourceUrl(split.resource)}>as applied</Link>}>
      <p class="pills">
        <Tag tone={split.counts ? "ok" : "warn"}>{split.counts ? "in force" : "not in force"}</Tag>
        <span class="muted">
          rule {split.rule}, {split.matches === "" ? "all calls" : split.matches}; {split.why}
        </span>
      </p>
      {split.backends.map((one) => (
        <Side key={one.name} backend={one} weights={weights} locked={!allowed || ramped} change={setDraft} names={split.backends.map((each) => each.name)} />
      ))}
      {!allowed && <p class="muted">Your account may not change it; an operator's may.</p>}
      {ramped && <p class="muted">A ramp changes it now; pause and abort stand above.</p>}
      {draft !== null && !ramped && (
        <Change
          id={id}
          split={split}
          weights={draft}
          alone={alone}
          onClose={() => setDraft(null)}
          onDone={() => {
            setDraft(null);
            onDone();
          }}
        />
      )}
      {allowed && !ramped && draft === null && split.counts && (
        <details class="quiet">
          <summary>Ramp up step by step, with a guard</summary>
          <RampForm id={id} split={split} onDone={onDone} />
        </details>
      )}
      <details class="quiet">
        <summary>History of this resource</summary>
        <History snapshot={snapshot} of={split.resource} />
      </details>
    </Card>
  );
}

interface SideProps {
  backend: SplitBackend;
  names: string[];
  weights: Record<string, number>;
  locked: boolean;
  change: (weights: Record<string, number>) => void;
}

/** A slider for the share, a number for the weight; both by keyboard, the figures beside them. */
function Side({ backend, names, weights, locked, change }: SideProps) {
  const sum = names.reduce((all, name) => all + (weights[name] ?? 0), 0);
  const share = sum === 0 ? 0 : (weights[backend.name] ?? 0) / sum;
  const bad = backend.errorRatio !== null && backend.errorRatio >= 0.01;
  return (
    <div class="side-of-split" data-backend={backend.name}>
      <span class="strong">{backend.name}</span>
      <input
        type="range"
        min={0}
        max={100}
        step={1}
        value={Math.round(share * 100)}
        disabled={locked}
        aria-label={`Share of ${backend.name}, percent`}
        onInput={(event) => change(shared(names, weights, backend.name, Number(event.currentTarget.value)))}
      />
      <label>
        <span class="sr">Weight of {backend.name}</span>
        <input
          type="number"
          min={0}
          max={1000000}
          value={weights[backend.name]}
          disabled={locked}
          onInput={(event) => change({ ...weights, [backend.name]: Math.max(0, Math.floor(Number(event.currentTarget.value))) })}
        />
      </label>
      <b class="share-of-split">{percent(share)}</b>
      <span>{rate(backend.requestsPerSecond)}</span>
      <span class={bad ? "bad" : ""}>
        {backend.errorRatio === null ? "no calls" : `${percent(backend.errorRatio)} errors`}
      </span>
      <span>p99 {millis(backend.p99Millis)}</span>
    </div>
  );
}

/** Percents in which one has what was dragged to, and the others share the rest as they do now. */
export function shared(names: string[], weights: Record<string, number>, moved: string, to: number): Record<string, number> {
  const others = names.filter((name) => name !== moved);
  const sum = others.reduce((all, name) => all + (weights[name] ?? 0), 0);
  const next: Record<string, number> = { [moved]: to };
  let left = 100 - to;
  others.forEach((name, i) => {
    const part = sum === 0 ? (100 - to) / others.length : ((100 - to) * (weights[name] ?? 0)) / sum;
    const whole = i === others.length - 1 ? left : Math.round(part);
    next[name] = whole;
    left -= whole;
  });
  return next;
}

interface ChangeProps {
  id: string;
  split: RouteSplit;
  weights: Record<string, number>;
  alone: boolean;
  onClose: () => void;
  onDone: () => void;
}

/** First what would change, then the change; the resource must still be the one that was looked at. */
function Change({ id, split, weights, alone, onClose, onDone }: ChangeProps) {
  const acting = useAct();
  const [seen, setSeen] = useState<{ of: string; answer: WeightsAnswer } | null>(null);
  const of = JSON.stringify(weights);
  const asked = { weights, resource: split.resource, rule: split.rule, resourceVersion: split.resourceVersion };
  const path = `/api/v1/routes/${id}/weights`;
  const look = async () => {
    const done = await acting.act<WeightsAnswer>("POST", path, { ...asked, dryRun: true });
    if (done !== null) setSeen({ of, answer: done.answer });
  };
  const apply = async () => {
    // What was looked at, and not what has become of it meanwhile.
    const done = await acting.act("POST", path, { ...asked, resourceVersion: seen?.answer.resourceVersion });
    if (done !== null) onDone();
  };
  const { kind, namespace, name } = split.resource;
  const which = alone ? "" : ` --resource ${kind}/${namespace}/${name} --rule ${split.rule}`;
  const sides = split.backends.map((one) => `${one.name}=${weights[one.name]}`).join(" ");
  return (
    <section class="change" aria-label="Change the weights" onKeyDown={(event) => event.key === "Escape" && onClose()}>
      {acting.failed !== null && <Failure error={acting.failed} />}
      {seen?.of === of && <Diff name={split.resource.name} before={seen.answer.before} after={seen.answer.after} />}
      <p class="buttons">
        {seen?.of === of ? (
          <button type="button" class="button primary" disabled={acting.busy} onClick={() => void apply()}>
            Apply
          </button>
        ) : (
          <button type="button" class="button" disabled={acting.busy} onClick={() => void look()}>
            What would change?
          </button>
        )}
        <button type="button" class="button bare" onClick={onClose}>
          Cancel
        </button>
      </p>
      <Cli text={`endomesh route set ${id} ${sides}${which}`} />
    </section>
  );
}
