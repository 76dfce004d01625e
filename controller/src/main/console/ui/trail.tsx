/** An explanation: each stage with what it took and what it passed over, in the words of the command line. */
import type { Candidate, Explanation, Snapshot, Step, Verdict } from "../core/api.ts";
import { percent } from "../core/format.ts";
import { policyResource } from "../core/model.ts";
import { Link, resourceUrl, serviceUrl } from "../core/router.tsx";
import { Icon } from "./icons.tsx";
import { Card } from "./parts.tsx";

export function Trail({ snapshot, answer }: { snapshot: Snapshot; answer: Explanation }) {
  const { branches } = answer;
  const only = branches.length === 1 ? branches[0]!.steps : [];
  return (
    <>
      <VerdictLine verdict={answer.verdict} />
      <p class="muted">
        from <Link to={serviceUrl(answer.from.serviceId)}>{answer.from.serviceId}</Link>,{" "}
        <span class="mono">{answer.from.identity}</span>
      </p>
      <Card title="Stage by stage" flush>
        <Steps snapshot={snapshot} steps={[...answer.steps, ...only]} />
      </Card>
      {branches.length > 1 &&
        branches.map((branch) => (
          <Card key={branch.cluster} title={`${percent(branch.percent / 100)} to ${branch.cluster}`} flush>
            <Steps snapshot={snapshot} steps={branch.steps} />
            <VerdictLine verdict={branch.verdict} />
          </Card>
        ))}
    </>
  );
}

function Steps({ snapshot, steps }: { snapshot: Snapshot; steps: Step[] }) {
  return (
    <ol class="trail">
      {steps.map((step, at) => (
        <li key={at}>
          <h3>{step.stage}</h3>
          <div>
            <p>
              {step.message} <By snapshot={snapshot} step={step} />
            </p>
            {step.candidates.length > 0 && (
              <ul>
                {step.candidates.map((one, index) => (
                  <CandidateLine key={index} snapshot={snapshot} candidate={one} />
                ))}
              </ul>
            )}
          </div>
        </li>
      ))}
    </ol>
  );
}

/** The resource that decided, where the message does not name it already. */
function By({ snapshot, step }: { snapshot: Snapshot; step: Step }) {
  if (step.decidedBy === null) return null;
  const named = step.message.includes(step.decidedBy);
  const to = resource(snapshot, step.decidedBy);
  if (to === undefined) return named ? null : <span class="muted">({step.decidedBy})</span>;
  return <Link to={to}>{named ? "open" : step.decidedBy}</Link>;
}

function CandidateLine({ snapshot, candidate }: { snapshot: Snapshot; candidate: Candidate }) {
  const to = resource(snapshot, candidate.name);
  return (
    <li class={candidate.taken ? "taken" : "passed"}>
      <Icon name={candidate.taken ? "arrow" : "minus"} size={14} />
      <span class="sr">{candidate.taken ? "taken:" : "passed over:"} </span>
      <span>
        {to === undefined ? <span class="mono">{candidate.name}</span> : <Link to={to}>{candidate.name}</Link>}
        <span class="muted"> {candidate.why}</span>
      </span>
    </li>
  );
}

/** Of names such as `HTTPRoute/shop/orders rule 1`; undefined if there is no such resource to show. */
function resource(snapshot: Snapshot, name: string): string | undefined {
  const found = policyResource(snapshot, name.split(" ")[0]!);
  return found === undefined ? undefined : resourceUrl(found);
}

const LOOKS = {
  "passes-through": { tone: "idle", icon: "arrow" },
  sent: { tone: "ok", icon: "check" },
  answered: { tone: "warn", icon: "alert" },
  refused: { tone: "bad", icon: "block" },
  depends: { tone: "warn", icon: "alert" },
} as const;

function VerdictLine({ verdict }: { verdict: Verdict }) {
  const { tone, icon } = LOOKS[verdict.kind];
  const status = verdict.status === null ? "" : ` with ${verdict.status}`;
  const by = verdict.decidedBy !== null && !verdict.message.includes(verdict.decidedBy) ? ` (${verdict.decidedBy})` : "";
  return (
    <p class={`verdict ${tone}`} data-verdict={verdict.kind}>
      <Icon name={icon} />
      <span>
        <strong>
          {verdict.kind.replace("-", " ")}
          {status}
        </strong>
        : {verdict.message}
        {by}
      </span>
    </p>
  );
}
