/** A ramp: the form that starts one, and the one that is under way, with its end always at hand. */
import { useState } from "preact/hooks";
import type { Ramp, RouteSplit, Snapshot } from "../core/api.ts";
import { ago, count, millis, percent, plural, timeOfDay } from "../core/format.ts";
import { mayIn } from "../core/live.ts";
import { Cli, useAct } from "./act.tsx";
import { Icon } from "./icons.tsx";
import { Card, Failure, Tag } from "./parts.tsx";

const STEPS = "1, 5, 10, 25, 50, 100";

const WORDS: Record<Ramp["state"], { word: string; tone: "ok" | "warn" | "bad" | "accent" | undefined }> = {
  running: { word: "under way", tone: "accent" },
  paused: { word: "paused", tone: "warn" },
  done: { word: "done", tone: "ok" },
  "rolled-back": { word: "rolled back", tone: "bad" },
  aborted: { word: "aborted", tone: undefined },
  stopped: { word: "stopped", tone: "warn" },
};

export function isActive(ramp: Ramp): boolean {
  return ramp.state === "running" || ramp.state === "paused";
}

/** Stays in view while the page is scrolled. */
export function RampProgress({ snapshot, ramp, onDone }: { snapshot: Snapshot; ramp: Ramp; onDone: () => void }) {
  const acting = useAct();
  const allowed = mayIn("apply", ramp.resource.namespace);
  const act = async (what: string) => {
    await acting.act("POST", `/api/v1/ramps/${ramp.id}/${what}`);
    onDone();
  };
  const since = Math.max(0, (Date.parse(snapshot.status.now) - Date.parse(ramp.stepSince)) / 1000);
  const rest = Math.max(0, Math.ceil(ramp.everySeconds - since));
  return (
    <section class="card ramp" aria-label={`Ramp to ${ramp.to}`} data-ramp={ramp.state}>
      <header>
        <h2>
          Ramp to {ramp.to} <Tag tone={WORDS[ramp.state].tone}>{WORDS[ramp.state].word}</Tag>
        </h2>
        {allowed && (
          <div class="actions">
            {ramp.state === "running" ? (
              <button type="button" class="button small" disabled={acting.busy} onClick={() => void act("pause")}>
                Pause
              </button>
            ) : (
              <button type="button" class="button small" disabled={acting.busy} onClick={() => void act("resume")}>
                Resume
              </button>
            )}
            <button type="button" class="button small danger" disabled={acting.busy} onClick={() => void act("abort")}>
              Abort, back to {ramp.weightsBefore.map((weight) => weight ?? "–").join("/")}
            </button>
          </div>
        )}
      </header>
      {acting.failed !== null && <Failure error={acting.failed} />}
      <ol class="ramp-steps" aria-label="Steps">
        {ramp.steps.map((step, i) => (
          <li key={step} class={i < ramp.step ? "done" : ""} aria-current={i === ramp.step ? "step" : undefined}>
            {step} %
          </li>
        ))}
      </ol>
      <p role="status">
        {ramp.held !== null
          ? `Holds: ${ramp.held}, ${count(ramp.ofStep.calls)} so far.`
          : ramp.state === "paused"
            ? "Paused; the guard still looks on."
            : ramp.step + 1 < ramp.steps.length
              ? `${ramp.steps[ramp.step + 1]} % in ${rest} s, if the guard holds.`
              : `Done in ${rest} s, if the guard holds.`}
      </p>
      <p class="muted">
        This step: {plural(ramp.ofStep.calls, "call")}, {percent(ramp.ofStep.errorShare)} failed, p99{" "}
        {millis(ramp.ofStep.p99Millis)}. Guard: {guard(ramp)}. Started by {ramp.by},{" "}
        {ago(ramp.startedAt, snapshot.status.now)}.
      </p>
      {allowed && <Cli text={`endomesh ramp abort ${ramp.id}`} />}
    </section>
  );
}

function guard(ramp: Ramp): string {
  const { maxErrorShare, maxP99Millis, minCalls, fewCalls } = ramp.guard;
  const p99 = maxP99Millis === null ? "" : `, p99 at most ${millis(maxP99Millis)}`;
  const few = fewCalls === "hold" ? "hold" : "roll back";
  return `at most ${percent(maxErrorShare)} errors${p99}; ${few} with fewer than ${plural(minCalls, "call")} a step`;
}

/** What became of those that ended. */
export function RampLog({ snapshot, ramps }: { snapshot: Snapshot; ramps: Ramp[] }) {
  if (ramps.length === 0) return null;
  return (
    <Card title="Ramps">
      {ramps.map((ramp, i) => (
        <details key={ramp.id} class="quiet" open={i === 0}>
          <summary>
            to {ramp.to}, by {ramp.by}, {ago(ramp.startedAt, snapshot.status.now)}{" "}
            <Tag tone={WORDS[ramp.state].tone}>{WORDS[ramp.state].word}</Tag>
          </summary>
          {ramp.why !== null && <p>{ramp.why}</p>}
          <ol class="ramp-events">
            {ramp.events.map((event) => (
              <li key={event.at + event.text}>
                <span class="muted">
                  {timeOfDay(event.at)}
                  {event.revision !== null && ` · revision ${event.revision}`}
                </span>{" "}
                {event.text}
              </li>
            ))}
          </ol>
        </details>
      ))}
    </Card>
  );
}

interface RampFormProps {
  id: string;
  split: RouteSplit;
  onDone: () => void;
}

export function RampForm({ id, split, onDone }: RampFormProps) {
  const acting = useAct();
  const smallest = split.backends.reduce((least, one) => (one.share < least.share ? one : least));
  const [to, setTo] = useState(smallest.name);
  const [steps, setSteps] = useState("");
  const [every, setEvery] = useState("30");
  const [errors, setErrors] = useState("5");
  const [p99, setP99] = useState("");
  const [calls, setCalls] = useState("20");
  const [few, setFew] = useState<"hold" | "rollback">("hold");
  const share = split.backends.find((one) => one.name === to)?.share ?? 0;
  const usual = STEPS.split(", ").filter((step) => Number(step) > share * 100);
  const chosen = steps.trim() === "" ? usual : steps.split(/[\s,]+/).filter((step) => step !== "");
  const start = async () => {
    const guard: Record<string, unknown> = {
      maxErrorShare: Number(errors) / 100,
      minCalls: Number(calls),
      fewCalls: few,
    };
    if (p99 !== "") guard["maxP99Millis"] = Number(p99);
    const asked = { service: id, resource: split.resource, rule: split.rule, to, steps: chosen.map(Number), everySeconds: Number(every), guard };
    await acting.act("POST", "/api/v1/ramps", asked);
    onDone();
  };
  const command =
    `endomesh ramp start ${id} ${to} --steps ${chosen.join(",")} --every PT${every}S --max-errors ${errors}` +
    (p99 === "" ? "" : ` --max-p99 ${p99}`) +
    ` --min-calls ${calls}${few === "rollback" ? " --few-calls rollback" : ""}`;
  return (
    <form
      class="ramp-form"
      aria-label="Ramp"
      onSubmit={(event) => {
        event.preventDefault();
        void start();
      }}
    >
      <div class="fields wrapped">
        <label>
          More for
          <select value={to} onChange={(event) => setTo(event.currentTarget.value)}>
            {split.backends.map((one) => (
              <option key={one.name}>{one.name}</option>
            ))}
          </select>
        </label>
        <label>
          Percents
          <input name="steps" placeholder={usual.join(", ")} value={steps} onInput={(event) => setSteps(event.currentTarget.value)} />
        </label>
        <Amount label="Seconds each" name="every" value={every} min={1} change={setEvery} />
        <Amount label="At most errors, %" name="errors" value={errors} min={0} max={100} step="any" change={setErrors} />
        <Amount label="At most p99, ms" name="p99" value={p99} min={1} step="any" optional change={setP99} />
        <Amount label="Calls needed" name="calls" value={calls} min={1} change={setCalls} />
        <label>
          With fewer
          <select value={few} onChange={(event) => setFew(event.currentTarget.value as "hold" | "rollback")}>
            <option value="hold">hold</option>
            <option value="rollback">roll back</option>
          </select>
        </label>
      </div>
      {acting.failed !== null && <Failure error={acting.failed} />}
      <p class="buttons">
        <button type="submit" class="button primary" disabled={acting.busy || chosen.length === 0}>
          <Icon name="arrow" size={14} /> Start the ramp
        </button>
        <span class="muted">
          {chosen.length === 0
            ? `${to} has all calls already.`
            : `First ${chosen[0]} % at once; back to the weights of now as soon as the guard breaks.`}
        </span>
      </p>
      <Cli text={command} />
    </form>
  );
}

interface AmountProps {
  label: string;
  name: string;
  value: string;
  min: number;
  max?: number;
  step?: string;
  optional?: boolean;
  change: (value: string) => void;
}

function Amount({ label, name, value, min, max, step, optional, change }: AmountProps) {
  return (
    <label>
      {label}
      <input
        type="number"
        name={name}
        min={min}
        max={max}
        step={step}
        required={optional !== true}
        placeholder={optional === true ? "any" : undefined}
        value={value}
        onInput={(event) => change(event.currentTarget.value)}
      />
    </label>
  );
}
