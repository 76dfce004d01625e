/** The console: one snapshot a second from the controller, one page for each address. */
import { render } from "preact";
import type { Snapshot } from "./core/api.ts";
import { start, useLive } from "./core/live.ts";
import { Link, usePlace } from "./core/router.tsx";
import { apply } from "./core/theme.ts";
import { AccessPage } from "./pages/access.tsx";
import { AuditPage } from "./pages/audit.tsx";
import { ChecksPage } from "./pages/checks.tsx";
import { ConnectPage } from "./pages/connect.tsx";
import { DatabasesPage } from "./pages/databases.tsx";
import { ExplainPage } from "./pages/explain.tsx";
import { FaultsPage } from "./pages/faults.tsx";
import { FederationPage } from "./pages/federation.tsx";
import { GraphPage } from "./pages/graph.tsx";
import { IdentitiesPage } from "./pages/identities.tsx";
import { LoginPage, SetupPage } from "./pages/login.tsx";
import { OverviewPage } from "./pages/overview.tsx";
import { ProvidersPage } from "./pages/providers.tsx";
import { ResiliencePage } from "./pages/resilience.tsx";
import { ResourcePage } from "./pages/resource.tsx";
import { ResourcesPage } from "./pages/resources.tsx";
import { RoutePage, RoutesPage } from "./pages/route.tsx";
import { ServicePage } from "./pages/service.tsx";
import { ServicesPage } from "./pages/services.tsx";
import { SettingsPage } from "./pages/settings.tsx";
import { TapPage } from "./pages/tap.tsx";
import { TracePage } from "./pages/trace.tsx";
import { TracesPage } from "./pages/traces.tsx";
import { UsersPage } from "./pages/users.tsx";
import { Code, Empty } from "./ui/parts.tsx";
import { Shell } from "./ui/shell.tsx";

function App() {
  const live = useLive();
  const { path } = usePlace();
  document.title = `${title(path)} · Endomesh`;
  if (path === "/login") return <LoginPage />;
  if (path === "/setup") return <SetupPage />;
  if (live.connection === "signed-out") return <LoginPage ended />;
  const ready = live.snapshot !== null && live.session !== null;
  return (
    <Shell live={live}>
      <div class="page" data-ready={ready} data-sequence={live.snapshot?.sequence}>
        {live.snapshot !== null ? (
          <Page snapshot={live.snapshot} path={path} />
        ) : (
          live.connection === "lost" && (
            <Empty page icon="alert" title="The controller does not answer">
              <p>This page tries again each second. Is the controller running?</p>
              <Code label="Command" text="endomesh status" />
            </Empty>
          )
        )}
      </div>
    </Shell>
  );
}

function Page({ snapshot, path }: { snapshot: Snapshot; path: string }) {
  const [page, ...rest] = path.split("/").slice(1).map(decodeURIComponent);
  const [one, two, three] = rest;
  if (page === "") return <OverviewPage snapshot={snapshot} />;
  if (page === "graph" && one === undefined) return <GraphPage snapshot={snapshot} />;
  if (page === "services" && one === undefined) return <ServicesPage snapshot={snapshot} />;
  if (page === "services" && two !== undefined) return <ServicePage key={path} snapshot={snapshot} id={`${one}/${two}`} />;
  if (page === "routes" && one === undefined) return <RoutesPage snapshot={snapshot} />;
  if (page === "routes" && two !== undefined) return <RoutePage key={path} snapshot={snapshot} id={`${one}/${two}`} />;
  if (page === "databases" && one === undefined) return <DatabasesPage snapshot={snapshot} />;
  if (page === "checks" && one === undefined) return <ChecksPage snapshot={snapshot} />;
  if (page === "resilience" && one === undefined) return <ResiliencePage snapshot={snapshot} />;
  if (page === "faults" && one === undefined) return <FaultsPage snapshot={snapshot} />;
  if (page === "traces" && one === undefined) return <TracesPage snapshot={snapshot} />;
  if (page === "traces") return <TracePage key={path} snapshot={snapshot} id={one!} />;
  if (page === "tap" && one === undefined) return <TapPage snapshot={snapshot} />;
  if (page === "explain" && one === undefined) return <ExplainPage snapshot={snapshot} />;
  if (page === "resources" && one === undefined) return <ResourcesPage snapshot={snapshot} />;
  if (page === "resources" && three !== undefined) {
    return <ResourcePage key={path} snapshot={snapshot} namespace={one!} plural={two!} name={three} />;
  }
  if (page === "access" && one === undefined) return <AccessPage snapshot={snapshot} />;
  if (page === "identities" && one === undefined) return <IdentitiesPage snapshot={snapshot} />;
  if (page === "federation" && one === undefined) return <FederationPage snapshot={snapshot} />;
  if (page === "providers" && one === undefined) return <ProvidersPage snapshot={snapshot} />;
  if (page === "connect" && one === undefined) return <ConnectPage snapshot={snapshot} />;
  if (page === "users" && one === undefined) return <UsersPage snapshot={snapshot} />;
  if (page === "audit" && one === undefined) return <AuditPage snapshot={snapshot} />;
  if (page === "settings" && one === undefined) return <SettingsPage snapshot={snapshot} />;
  return (
    <Empty page icon="search" title="There is no such page">
      <p>{path} leads nowhere. Press / to search.</p>
      <Link class="button" to="/">
        Overview
      </Link>
    </Empty>
  );
}

function title(path: string): string {
  const [page, ...rest] = path.split("/").slice(1);
  const names: Record<string, string> = { "": "Overview", connect: "Connect" };
  const name = names[page ?? ""] ?? `${page!.charAt(0).toUpperCase()}${page!.slice(1)}`;
  return rest.length > 0 && page !== "traces" ? `${decodeURIComponent(rest[rest.length - 1]!)}` : name;
}

apply();
// Who logs in has nothing to be told yet.
if (!["/login", "/setup"].includes(window.location.pathname)) start();
render(<App />, document.getElementById("app")!);
