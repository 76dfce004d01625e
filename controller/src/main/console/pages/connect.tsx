/** `/connect`: from nothing to the first instance in the graph, without leaving the page. */
import { useEffect, useRef, useState } from "preact/hooks";
import type { ComponentChildren } from "preact";
import type { Onboarding, Snapshot, Token } from "../core/api.ts";
import { write } from "../core/api.ts";
import { may } from "../core/live.ts";
import { ago, bytes, plural, until } from "../core/format.ts";
import { Link, serviceUrl } from "../core/router.tsx";
import { Icon } from "../ui/icons.tsx";
import { useLoaded } from "../ui/loaded.ts";
import { Code, Failure, Loading, PageHead } from "../ui/parts.tsx";

const HOURS = [1, 8, 24, 168];
// A label of DNS, as the controller wants it of namespaces and services.
const NAME = "[a-z0-9]([a-z0-9\\-]{0,61}[a-z0-9])?";

export function ConnectPage({ snapshot }: { snapshot: Snapshot }) {
  const { value, error } = useLoaded<Onboarding>("/api/v1/onboarding", 0);
  const [namespace, setNamespace] = useState("default");
  const [service, setService] = useState("orders");
  const [token, setToken] = useState<Token | null>(null);
  const head = (
    <PageHead title="Connect a service" sub="One flag. No code change, no sidecar, no restart of anything else." />
  );
  if (value === null) {
    return (
      <>
        {head}
        {error === null ? <Loading what="the commands" /> : <Failure error={error} />}
      </>
    );
  }
  return (
    <>
      {head}
      <ol class="steps">
        <Step title="Get the agent" number={1}>
          <AgentStep onboarding={value} />
        </Step>
        <Step title="Say who is joining" number={2}>
          <TokenForm
            namespace={namespace}
            service={service}
            token={token}
            now={snapshot.status.now}
            onNamespace={setNamespace}
            onService={setService}
            onToken={setToken}
          />
        </Step>
        <Step title="Add the flag and start the service" number={3}>
          <FlagStep onboarding={value} namespace={namespace} service={service} token={token} />
        </Step>
        <Step title="Watch it arrive" number={4}>
          <Arrivals snapshot={snapshot} />
        </Step>
      </ol>
    </>
  );
}

function Step(props: { title: string; number: number; children: ComponentChildren }) {
  return (
    <li class="card step">
      <span class="number" aria-hidden="true">
        {props.number}
      </span>
      <div>
        <h2>{props.title}</h2>
        {props.children}
      </div>
    </li>
  );
}

function AgentStep({ onboarding }: { onboarding: Onboarding }) {
  const { agent, commands } = onboarding;
  if (!agent.available) {
    return (
      <p class="failure warn">
        <Icon name="alert" />
        This controller has no agent jar to hand out. Build it with <code>./mvnw package</code>: it is
        agent/javaagent/target/endomesh-agent.jar.
      </p>
    );
  }
  return (
    <>
      <p class="row">
        <a class="button primary" href={agent.url} download="endomesh-agent.jar">
          <Icon name="download" size={14} /> endomesh-agent.jar
        </a>
        <span class="muted">
          version {agent.version}, {bytes(agent.bytes)}, Java 17 and newer
        </span>
      </p>
      <Code label="Download command" text={commands.download} />
      <details class="quiet">
        <summary>Checksum</summary>
        <Code label="SHA-256" text={`${agent.sha256.replace(/^sha256:/, "")}  endomesh-agent.jar`} />
      </details>
    </>
  );
}

interface TokenFormProps {
  namespace: string;
  service: string;
  token: Token | null;
  now: string;
  onNamespace: (text: string) => void;
  onService: (text: string) => void;
  onToken: (token: Token | null) => void;
}

function TokenForm(props: TokenFormProps) {
  const [hours, setHours] = useState(24);
  const [error, setError] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const make = async (event: Event) => {
    event.preventDefault();
    setBusy(true);
    setError(null);
    try {
      props.onToken(
        await write<Token>("POST", "/api/v1/tokens", {
          namespace: props.namespace,
          service: props.service,
          ttlSeconds: hours * 3600,
        }),
      );
    } catch (failure) {
      setError((failure as Error).message);
    } finally {
      setBusy(false);
    }
  };
  const changed = (set: (text: string) => void) => (event: { currentTarget: HTMLInputElement }) => {
    set(event.currentTarget.value);
    props.onToken(null);
  };
  return (
    <>
      <form class="fields" onSubmit={(event) => void make(event)}>
        <label>
          Namespace
          <input required pattern={NAME} value={props.namespace} onInput={changed(props.onNamespace)} />
        </label>
        <label>
          Service
          <input required pattern={NAME} value={props.service} onInput={changed(props.onService)} />
        </label>
        <label>
          Good for
          <select value={hours} onChange={(event) => setHours(Number(event.currentTarget.value))}>
            {HOURS.map((one) => (
              <option key={one} value={one}>
                {one < 24 ? plural(one, "hour") : plural(one / 24, "day")}
              </option>
            ))}
          </select>
        </label>
        <button type="submit" class="button primary" disabled={busy || !may("join-tokens")}>
          Make join string
        </button>
      </form>
      {!may("join-tokens") && (
        <p class="muted" id="no-join-tokens">
          <Icon name="lock" size={14} /> Your account may not make join strings; an operator's may.
        </p>
      )}
      {error !== null && <Failure error={error} />}
      {props.token !== null && (
        <p class="muted" role="status">
          <Icon name="check" size={14} /> Made. It is in the commands below, ends {until(props.token.expiresAt, props.now)},
          and is shown only this once.
        </p>
      )}
    </>
  );
}

interface FlagStepProps {
  onboarding: Onboarding;
  namespace: string;
  service: string;
  token: Token | null;
}

function FlagStep({ onboarding, namespace, service, token }: FlagStepProps) {
  const join = token?.joinString ?? "JOIN-STRING";
  const flag = `-javaagent:endomesh-agent.jar=service=${service},namespace=${namespace},join=${join}`;
  const [way, setWay] = useState<"flag" | "env" | "file">("flag");
  const texts = {
    flag: `java ${flag} -jar ${service}.jar`,
    env: `JAVA_TOOL_OPTIONS="${flag}"`,
    file:
      `umask 077; printf %s '${join}' > endomesh.join\n` +
      onboarding.commands.run.replace("service=NAME", `service=${service}`).replace("namespace=NAMESPACE", `namespace=${namespace}`).replace("app.jar", `${service}.jar`),
  };
  return (
    <>
      <div class="switch" role="group" aria-label="How the service is started">
        {(["flag", "env", "file"] as const).map((one) => (
          <button key={one} type="button" aria-pressed={way === one} onClick={() => setWay(one)}>
            {{ flag: "Command line", env: "Environment", file: "Join string in a file" }[one]}
          </button>
        ))}
      </div>
      <Code label="Flag" text={texts[way]} />
      {token === null && <p class="muted">Step 2 fills in JOIN-STRING.</p>}
    </>
  );
}

function Arrivals({ snapshot }: { snapshot: Snapshot }) {
  const before = useRef<Set<string> | null>(null);
  before.current ??= new Set(snapshot.workloads.map((one) => one.instance));
  const [called, setCalled] = useState<Set<string>>(new Set());
  const arrived = snapshot.workloads.filter((one) => !before.current!.has(one.instance));
  useEffect(() => {
    const busy = snapshot.workloads.filter((one) => one.inbound.requestsTotal > 0).map((one) => one.instance);
    setCalled(new Set(busy));
  }, [snapshot.sequence]);
  if (arrived.length === 0) {
    return (
      <p class="waiting" role="status">
        <span class="pulse" aria-hidden="true" /> Waiting for a new instance. {plural(snapshot.workloads.length, "instance")}{" "}
        joined before you opened this page.
      </p>
    );
  }
  return (
    <ul class="arrivals" aria-live="polite">
      {arrived.map((one) => (
        <li key={one.instance}>
          <Icon name="check" />
          <span>
            <Link class="strong" to={serviceUrl(one.serviceId)}>
              {one.instance}
            </Link>{" "}
            joined {ago(one.since, snapshot.status.now)}
            <small>
              agent {one.agentVersion}, Java {one.javaVersion}, {one.address};{" "}
              {called.has(one.instance) ? "serves its first calls" : "no call yet"}
            </small>
          </span>
          <Link class="button small" to={`/graph?sel=${one.serviceId}`}>
            Show in the graph
          </Link>
        </li>
      ))}
    </ul>
  );
}
