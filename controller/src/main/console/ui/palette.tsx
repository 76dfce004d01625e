/** The search over everything, opened with `/`: a list that the keyboard alone can use. */
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import type { Snapshot } from "../core/api.ts";
import { may } from "../core/live.ts";
import { go, resourceUrl, routeUrl, serviceUrl } from "../core/router.tsx";
import { setTheme } from "../core/theme.ts";
import { Icon } from "./icons.tsx";
import type { IconName } from "./icons.tsx";

interface Entry {
  key: string;
  icon: IconName;
  text: string;
  detail: string;
  run: () => void;
}

const SHOWN = 9;

/** What says where calls go. */
const ROUTES = ["HTTPRoute", "GRPCRoute", "VirtualService", "TrafficSplit"];

/** `right`: that one needs for it. */
export const PAGES: { path: string; text: string; icon: IconName; right?: string }[] = [
  { path: "/", text: "Overview", icon: "overview" },
  { path: "/graph", text: "Graph", icon: "graph" },
  { path: "/services", text: "Services", icon: "services" },
  { path: "/databases", text: "Databases", icon: "database" },
  { path: "/traces", text: "Traces", icon: "traces" },
  { path: "/tap", text: "Tap", icon: "outside", right: "tap" },
  { path: "/explain", text: "Explain", icon: "explain" },
  { path: "/checks", text: "Checks", icon: "check" },
  { path: "/routes", text: "Routes", icon: "arrow" },
  { path: "/resilience", text: "Resilience", icon: "resilience" },
  { path: "/faults", text: "Faults", icon: "fault" },
  { path: "/resources", text: "Resources", icon: "resources" },
  { path: "/access", text: "Access", icon: "access" },
  { path: "/identities", text: "Identities", icon: "identity" },
  { path: "/federation", text: "Federation", icon: "federation" },
  { path: "/providers", text: "Providers", icon: "provider" },
  { path: "/connect", text: "Connect a service", icon: "connect" },
  { path: "/users", text: "Users", icon: "user", right: "users" },
  { path: "/audit", text: "Audit", icon: "history", right: "audit" },
  { path: "/settings", text: "Settings", icon: "settings" },
];

export function Palette({ snapshot, onClose }: { snapshot: Snapshot | null; onClose: () => void }) {
  const [text, setText] = useState("");
  const [at, setAt] = useState(0);
  const dialog = useRef<HTMLDialogElement>(null);
  const entries = useMemo(() => all(snapshot), [snapshot?.sequence]);
  const found = useMemo(() => matching(entries, text), [entries, text]);
  const active = Math.min(at, found.length - 1);

  useEffect(() => {
    dialog.current?.showModal();
  }, []);

  const run = (entry: Entry | undefined) => {
    if (entry === undefined) return;
    onClose();
    entry.run();
  };
  const key = (event: KeyboardEvent) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      const step = event.key === "ArrowDown" ? 1 : found.length - 1;
      setAt(found.length === 0 ? 0 : (active + step) % found.length);
    } else if (event.key === "Enter") {
      event.preventDefault();
      run(found[active]);
    }
  };
  return (
    <dialog
      ref={dialog}
      class="palette"
      aria-label="Search"
      onClose={onClose}
      onClick={(event) => event.target === dialog.current && onClose()}
    >
      <div class="query">
        <Icon name="search" />
        <input
          type="text"
          role="combobox"
          aria-expanded="true"
          aria-controls="palette-list"
          aria-activedescendant={found.length > 0 ? `palette-${active}` : undefined}
          aria-label="Search services, instances, resources and pages"
          placeholder="Search services, instances, resources, pages…"
          autocomplete="off"
          spellcheck={false}
          value={text}
          onInput={(event) => {
            setText(event.currentTarget.value);
            setAt(0);
          }}
          onKeyDown={key}
        />
        <kbd>Esc</kbd>
      </div>
      <ul id="palette-list" role="listbox" aria-label="Results">
        {found.map((entry, i) => (
          <li
            key={entry.key}
            id={`palette-${i}`}
            role="option"
            aria-selected={i === active}
            onPointerMove={() => setAt(i)}
            onClick={() => run(entry)}
          >
            <Icon name={entry.icon} />
            <span>{entry.text}</span>
            <small>{entry.detail}</small>
          </li>
        ))}
      </ul>
      {found.length === 0 && <p class="none">Nothing is called “{text}”.</p>}
    </dialog>
  );
}

function all(snapshot: Snapshot | null): Entry[] {
  const to = (path: string) => () => go(path);
  const entries: Entry[] = PAGES.filter((page) => page.right === undefined || may(page.right)).map((page) => ({
    key: page.path,
    icon: page.icon,
    text: page.text,
    detail: "Page",
    run: to(page.path),
  }));
  for (const service of snapshot?.services ?? []) {
    entries.push({ key: service.id, icon: "services", text: service.name, detail: `Service in ${service.namespace}`, run: to(serviceUrl(service.id)) });
    if (service.versions.length > 1 || service.resources.some((one) => ROUTES.includes(one.kind))) {
      entries.push({ key: `route ${service.id}`, icon: "arrow", text: `Route of ${service.name}`, detail: `Split of ${service.namespace}`, run: to(routeUrl(service.id)) });
    }
  }
  for (const one of snapshot?.workloads ?? []) {
    entries.push({ key: one.instance, icon: "services", text: one.instance, detail: `Instance of ${one.service}`, run: to(`${serviceUrl(one.serviceId)}#${one.instance}`) });
  }
  for (const one of snapshot?.resources ?? []) {
    entries.push({ key: `${one.kind}/${one.namespace}/${one.name}`, icon: "resources", text: one.name, detail: `${one.kind} in ${one.namespace}`, run: to(resourceUrl(one)) });
  }
  for (const edge of snapshot?.graph.edges ?? []) {
    entries.push({
      key: edge.id,
      icon: "graph",
      text: `${nameIn(snapshot!, edge.source)} → ${nameIn(snapshot!, edge.destination)}`,
      detail: `${edge.protocol} calls`,
      run: to(`/graph?sel=${edge.id}`),
    });
  }
  for (const root of snapshot?.status.certificateAuthority.roots ?? []) {
    entries.push({ key: root.fingerprint, icon: "identity", text: root.fingerprint, detail: "Root certificate", run: to("/identities") });
  }
  entries.push(
    { key: "joining", icon: "identity", text: "Join tokens", detail: "Page", run: to("/identities?view=joining") },
    { key: "light", icon: "sun", text: "Light theme", detail: "Action", run: () => setTheme("light") },
    { key: "dark", icon: "moon", text: "Dark theme", detail: "Action", run: () => setTheme("dark") },
    { key: "system", icon: "system", text: "Theme of the system", detail: "Action", run: () => setTheme("system") },
  );
  return entries;
}

/** All words must occur; a name that starts with the text comes first. */
function matching(entries: Entry[], text: string): Entry[] {
  const words = text.toLowerCase().split(/\s+/).filter((word) => word !== "");
  if (words.length === 0) return entries.slice(0, SHOWN);
  const rank = (entry: Entry) => {
    const name = entry.text.toLowerCase();
    return name === words[0] ? 0 : name.startsWith(words[0]!) ? 1 : name.includes(words[0]!) ? 2 : 3;
  };
  return entries
    .filter((entry) => words.every((word) => `${entry.text} ${entry.detail}`.toLowerCase().includes(word)))
    .sort((a, b) => rank(a) - rank(b))
    .slice(0, SHOWN);
}

function nameIn(snapshot: Snapshot, id: string): string {
  return snapshot.graph.nodes.find((node) => node.id === id)?.name ?? id;
}
