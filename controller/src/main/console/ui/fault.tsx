/** Fault tests that run: seen on every page, and ended from there. */
import type { FaultTest, Snapshot } from "../core/api.ts";
import { millis, until } from "../core/format.ts";
import { mayIn } from "../core/live.ts";
import { Link } from "../core/router.tsx";
import { useAct } from "./act.tsx";
import { Icon } from "./icons.tsx";

/** `503 after 250 ms, for 10 % of the calls`. */
export function whatGoesWrong(test: FaultTest): string {
  const status = test.abortStatus ?? test.abortGrpcStatus;
  const what = [
    ...(status === null ? [] : [`answered with ${status}`]),
    ...(test.delayMillis === null ? [] : [`delayed by ${millis(test.delayMillis)}`]),
  ];
  return `${test.percent} % ${what.join(" and ")}`;
}

export function routeOf(test: FaultTest): string {
  if (test.route === null) return "all calls";
  return test.rule === null ? test.route : `${test.route} rule ${test.rule}`;
}

export function FaultBanner({ snapshot }: { snapshot: Snapshot }) {
  if (snapshot.status.faults.length === 0) return null;
  return (
    <div class="faults-running" role="region" aria-label="Fault tests that run">
      {snapshot.status.faults.map((test) => (
        <Running key={test.id} snapshot={snapshot} test={test} />
      ))}
    </div>
  );
}

function Running({ snapshot, test }: { snapshot: Snapshot; test: FaultTest }) {
  const acting = useAct();
  return (
    <p class="banner" role="status" data-fault={test.id}>
      <Icon name="alert" />
      <span>
        <b>Fault test</b> by {test.by}: calls of <Link to="/faults">{test.service}</Link>
        {test.route !== null && ` by ${routeOf(test)}`}, {whatGoesWrong(test)}. Ends {until(test.until, snapshot.status.now)}.
        {acting.failed !== null && <b> {acting.failed}</b>}
      </span>
      <span class="space" />
      {mayIn("apply", test.service.split("/")[0]!) && (
        <button
          type="button"
          class="button small danger"
          disabled={acting.busy}
          onClick={() => void acting.act("POST", `/api/v1/faults/${test.id}/stop`)}
        >
          Stop<span class="sr"> the fault test of {test.service}</span>
        </button>
      )}
    </p>
  );
}
