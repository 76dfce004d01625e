/** `/faults`: calls that go wrong on purpose for a while; `?service=` fills in the form. */
import { useState } from "preact/hooks";
import type { FaultTest, Snapshot } from "../core/api.ts";
import { ago, dateTime, timeOfDay, until } from "../core/format.ts";
import { mayIn } from "../core/live.ts";
import { go, Link, serviceUrl, usePlace, withQuery } from "../core/router.tsx";
import { AskButton, Cli, useAct } from "../ui/act.tsx";
import { routeOf, whatGoesWrong } from "../ui/fault.tsx";
import { Icon } from "../ui/icons.tsx";
import { useLoaded } from "../ui/loaded.ts";
import { Card, Empty, Failure, Loading, PageHead, Tag } from "../ui/parts.tsx";
import { Table } from "../ui/table.tsx";

const ROUTES = ["HTTPRoute", "GRPCRoute", "VirtualService", "TrafficSplit"];

const ANSWERS = ["500", "502", "503", "504", "429", "404", "UNAVAILABLE", "DEADLINE_EXCEEDED", "INTERNAL"];

export function FaultsPage({ snapshot }: { snapshot: Snapshot }) {
  const [times, setTimes] = useState(0);
  const running = snapshot.status.faults.map((test) => test.id).join(" ");
  const { value, error } = useLoaded<{ faults: FaultTest[] }>("/api/v1/faults", `${running} ${times}`);
  return (
    <>
      <PageHead
        title="Faults"
        sub="Calls that are slow or fail on purpose, to see what their callers make of it; each test ends by itself"
      />
      <Card title="Start a fault test">
        {snapshot.services.length === 0 ? (
          <Empty icon="services" title="No service has joined yet">
            <Link class="button primary" to="/connect">
              Connect a service
            </Link>
          </Empty>
        ) : (
          <FaultForm snapshot={snapshot} onDone={() => setTimes(times + 1)} />
        )}
      </Card>
      {error !== null && <Failure error={error} />}
      {value === null && error === null && <Loading what="the fault tests" />}
      {value !== null && <Tests snapshot={snapshot} tests={value.faults} onDone={() => setTimes(times + 1)} />}
    </>
  );
}

function FaultForm({ snapshot, onDone }: { snapshot: Snapshot; onDone: () => void }) {
  const { query } = usePlace();
  const acting = useAct();
  const asked = query.get("service");
  const service = snapshot.services.find((one) => one.id === asked) ?? snapshot.services[0]!;
  const [route, setRoute] = useState("");
  const [rule, setRule] = useState("");
  const [answer, setAnswer] = useState("503");
  const [delay, setDelay] = useState("");
  const [share, setShare] = useState("10");
  const [minutes, setMinutes] = useState("5");
  const routes = service.resources
    .filter((one) => ROUTES.includes(one.kind))
    .map((one) => `${one.kind}/${one.namespace}/${one.name}`);
  const chosen = routes.includes(route) ? route : "";
  const grpc = !/^[0-9]/.test(answer);
  const seconds = Math.round(Number(minutes) * 60);
  const allowed = mayIn("apply", service.namespace);
  const start = async () => {
    const body: Record<string, unknown> = { service: service.id, percent: Number(share), seconds };
    if (answer !== "") body[grpc ? "abortGrpcStatus" : "abortStatus"] = grpc ? answer : Number(answer);
    if (delay !== "") body["delayMillis"] = Number(delay);
    if (chosen !== "") body["route"] = chosen;
    if (chosen !== "" && rule !== "") body["rule"] = Number(rule);
    await acting.act("POST", "/api/v1/faults", body);
    onDone();
  };
  const command =
    `endomesh fault start ${service.id}` +
    (answer === "" ? "" : grpc ? ` --abort-grpc ${answer}` : ` --abort ${answer}`) +
    (delay === "" ? "" : ` --delay ${delay}`) +
    ` --percent ${share} --for PT${seconds}S` +
    (chosen === "" ? "" : ` --route ${chosen}${rule === "" ? "" : ` --rule ${rule}`}`);
  const nothing = answer === "" && delay === "";
  return (
    <form
      class="fault-form"
      aria-label="Fault test"
      onSubmit={(event) => {
        event.preventDefault();
        void start();
      }}
    >
      <div class="fields wrapped">
        <label>
          Calls of
          <select
            name="service"
            value={service.id}
            onChange={(event) => go(withQuery({ service: event.currentTarget.value }), true)}
          >
            {snapshot.services.map((one) => (
              <option key={one.id}>{one.id}</option>
            ))}
          </select>
        </label>
        <label>
          By the route
          <select name="route" value={chosen} onChange={(event) => setRoute(event.currentTarget.value)}>
            <option value="">all calls</option>
            {routes.map((one) => (
              <option key={one}>{one}</option>
            ))}
          </select>
        </label>
        {chosen !== "" && (
          <Amount label="Rule, from 0" name="rule" value={rule} min={0} optional="all" change={setRule} />
        )}
        <label>
          Are answered with
          <select name="answer" value={answer} onChange={(event) => setAnswer(event.currentTarget.value)}>
            <option value="">the service's answer</option>
            {ANSWERS.map((one) => (
              <option key={one} value={one}>
                {/^[0-9]/.test(one) ? one : `gRPC ${one}`}
              </option>
            ))}
          </select>
        </label>
        <Amount label="Later by, ms" name="delay" value={delay} min={1} max={300_000} optional="not" change={setDelay} />
        <Amount label="Of the calls, %" name="percent" value={share} min={0.0001} max={100} step="any" change={setShare} />
        <Amount label="For minutes" name="minutes" value={minutes} min={0.1} max={1440} step="any" change={setMinutes} />
      </div>
      {acting.failed !== null && <Failure error={acting.failed} />}
      <p class="buttons">
        <button type="submit" class="button danger" disabled={acting.busy || nothing || !allowed}>
          <Icon name="alert" size={14} /> Start
        </button>
        <span class="muted">
          {!allowed
            ? `Your account may not change ${service.namespace}.`
            : nothing
              ? "Choose an answer or a delay."
              : `It ends by itself after ${minutes} min, also if this page or the controller is gone by then.`}
        </span>
      </p>
      <Cli text={command} />
    </form>
  );
}

interface NumberProps {
  label: string;
  name: string;
  value: string;
  min: number;
  max?: number;
  step?: string;
  /** What is said in the field that may be empty. */
  optional?: string;
  change: (value: string) => void;
}

function Amount({ label, name, value, min, max, step, optional, change }: NumberProps) {
  return (
    <label>
      {label}
      <input
        type="number"
        name={name}
        min={min}
        max={max}
        step={step}
        required={optional === undefined}
        placeholder={optional}
        value={value}
        onInput={(event) => change(event.currentTarget.value)}
      />
    </label>
  );
}

function Tests({ snapshot, tests, onDone }: { snapshot: Snapshot; tests: FaultTest[]; onDone: () => void }) {
  const acting = useAct();
  const now = snapshot.status.now;
  if (tests.length === 0) {
    return (
      <Empty icon="history" title="No fault test was started yet">
        <p>Each is listed here with who started and who ended it.</p>
      </Empty>
    );
  }
  const runs = (test: FaultTest) => test.state === "running" && Date.parse(test.until) > Date.parse(now);
  const stop = async (id: string) => {
    await acting.act("POST", `/api/v1/faults/${id}/stop`);
    onDone();
  };
  return (
    <Card title="Fault tests" flush>
      {acting.failed !== null && <Failure error={acting.failed} />}
      <Table
        label="Fault tests"
        rows={tests}
        rowKey={(one) => one.id}
        columns={[
          {
            head: "Service",
            by: (one) => one.service,
            cell: (one) => (
              <Link class="strong" to={serviceUrl(one.service)}>
                {one.service}
              </Link>
            ),
          },
          {
            head: "Fault",
            cell: (one) => (
              <>
                {whatGoesWrong(one)}
                <br />
                <small class="muted">{routeOf(one)}</small>
              </>
            ),
          },
          {
            head: "State",
            by: (one) => one.state,
            cell: (one) =>
              runs(one) ? <Tag tone="bad">runs</Tag> : <Tag>{one.endedBy === null ? "ended" : "stopped"}</Tag>,
          },
          {
            head: "Started",
            by: (one) => one.startedAt,
            cell: (one) => (
              <>
                {one.by}, <time title={dateTime(one.startedAt)}>{ago(one.startedAt, now)}</time>
              </>
            ),
          },
          {
            head: "Ended",
            cell: (one) =>
              runs(one) ? until(one.until, now) : `${one.endedBy ?? "by itself"}, ${timeOfDay(one.endedAt ?? one.until)}`,
          },
          {
            head: "Stop",
            cell: (one) =>
              runs(one) && mayIn("apply", one.service.split("/")[0]!) ? (
                <AskButton word="Stop" of={one.service} really="Really stop" disabled={acting.busy} onYes={() => void stop(one.id)} />
              ) : null,
          },
        ]}
      />
      <Cli text="endomesh fault list" />
    </Card>
  );
}
