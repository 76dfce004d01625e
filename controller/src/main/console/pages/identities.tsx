/** `/identities?view=&q=&show=`: who vouches for whom, until when, and by what workloads join. */
import type { Snapshot } from "../core/api.ts";
import { plural } from "../core/format.ts";
import { life } from "../core/model.ts";
import { Link, usePlace, withQuery } from "../core/router.tsx";
import { AuthorityCards } from "../ui/authority.tsx";
import { CertificatesCard } from "../ui/certificates.tsx";
import { JoinCards } from "../ui/joining.tsx";
import { PageHead } from "../ui/parts.tsx";

export function IdentitiesPage({ snapshot }: { snapshot: Snapshot }) {
  const joining = usePlace().query.get("view") === "joining";
  const { status, workloads } = snapshot;
  const bad = workloads.filter((one) => ["degraded", "failing"].includes(life(one, status.now).health)).length;
  return (
    <>
      <PageHead
        title="Identities"
        sub={
          <>
            Trust domain <span class="mono">{status.trustDomain}</span>, {plural(workloads.length, "workload")}
            {bad > 0 && `, ${bad} of them with a certificate that needs attention`}
          </>
        }
      >
        <div class="switch" role="group" aria-label="View">
          <Link to={withQuery({ view: null })} aria-current={joining ? undefined : "true"}>
            Certificates
          </Link>
          <Link to={withQuery({ view: "joining", q: null, show: null })} aria-current={joining ? "true" : undefined}>
            Joining
          </Link>
        </div>
      </PageHead>
      {joining ? (
        <JoinCards snapshot={snapshot} />
      ) : (
        <>
          <AuthorityCards snapshot={snapshot} />
          <CertificatesCard snapshot={snapshot} />
        </>
      )}
    </>
  );
}
