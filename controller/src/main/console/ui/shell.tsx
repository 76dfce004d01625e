/** The frame of every page: navigation, search, state of the connection, theme. */
import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { timeOfDay } from "../core/format.ts";
import { may } from "../core/live.ts";
import type { LiveState } from "../core/live.ts";
import { findings } from "../core/model.ts";
import { Link, usePlace } from "../core/router.tsx";
import { setTheme, useTheme } from "../core/theme.ts";
import { FaultBanner } from "./fault.tsx";
import { Icon, Logo } from "./icons.tsx";
import { PAGES, Palette } from "./palette.tsx";

const GROUPS: { title: string; paths: string[] }[] = [
  { title: "See", paths: ["/", "/graph", "/services", "/databases", "/traces", "/tap", "/explain", "/checks"] },
  { title: "Control", paths: ["/routes", "/resilience", "/faults", "/resources", "/access", "/identities", "/federation", "/providers"] },
  { title: "Set up", paths: ["/connect", "/users", "/audit", "/settings"] },
];

export function Shell({ live, children }: { live: LiveState; children: ComponentChildren }) {
  const [searching, setSearching] = useState(false);
  const main = useRef<HTMLElement>(null);
  const { path } = usePlace();
  const first = useRef(true);

  useEffect(() => {
    const key = (event: KeyboardEvent) => {
      const typing = event.target instanceof Element && event.target.closest("input, textarea, select") !== null;
      const slash = event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey;
      const k = event.key === "k" && (event.ctrlKey || event.metaKey);
      if (!slash && !k) return;
      event.preventDefault();
      setSearching(true);
    };
    window.addEventListener("keydown", key);
    return () => window.removeEventListener("keydown", key);
  }, []);

  // A new page starts at its top, and a screen reader starts reading there.
  useEffect(() => {
    if (first.current) {
      first.current = false;
      return;
    }
    const target = window.location.hash.slice(1);
    if (target !== "") document.getElementById(target)?.scrollIntoView();
    else {
      main.current?.scrollTo(0, 0);
      main.current?.focus({ preventScroll: true });
    }
  }, [path]);

  return (
    <div class="shell">
      <a class="skip" href="#main">
        To the content
      </a>
      <Navigation live={live} onSearch={() => setSearching(true)} />
      <main id="main" ref={main} tabIndex={-1} class={path.startsWith("/graph") ? "full" : ""}>
        {live.snapshot !== null && <FaultBanner snapshot={live.snapshot} />}
        <Banner live={live} />
        {children}
      </main>
      {searching && <Palette snapshot={live.snapshot} onClose={() => setSearching(false)} />}
    </div>
  );
}

function Navigation({ live, onSearch }: { live: LiveState; onSearch: () => void }) {
  const { path } = usePlace();
  const { snapshot } = live;
  const wrong = snapshot === null ? 0 : findings(snapshot).filter((one) => one.severity !== "info").length;
  return (
    <nav class="side" aria-label="Pages">
      <Link class="brand" to="/">
        <Logo /> <span>Endomesh</span>
      </Link>
      <button type="button" class="open-search" onClick={onSearch}>
        <Icon name="search" size={14} />
        <span class="word">Search</span>
        <kbd>/</kbd>
      </button>
      {GROUPS.map((group) => (
        <div key={group.title} class="group">
          <p class="group-title">{group.title}</p>
          <ul>
            {group.paths.map((one) => {
              const page = PAGES.find((p) => p.path === one)!;
              if (page.right !== undefined && !may(page.right)) return null;
              const here = one === "/" ? path === "/" : path === one || path.startsWith(`${one}/`);
              return (
                <li key={one}>
                  <Link to={one} aria-current={here ? "page" : undefined} title={page.text}>
                    <Icon name={page.icon} />
                    <span class="word">{page.text.replace(" a service", "")}</span>
                    {one === "/" && wrong > 0 && (
                      <span class="badge">
                        {wrong}
                        <span class="sr"> findings</span>
                      </span>
                    )}
                  </Link>
                </li>
              );
            })}
          </ul>
        </div>
      ))}
      <span class="space" />
      <Foot live={live} />
    </nav>
  );
}

function Foot({ live }: { live: LiveState }) {
  const chosen = useTheme();
  const dark =
    chosen === "dark" || (chosen === "system" && window.matchMedia("(prefers-color-scheme: dark)").matches);
  const word = { live: "Live", connecting: "Connecting", lost: "Reconnecting", "signed-out": "Signed out" }[
    live.connection
  ];
  return (
    <div class="foot">
      {live.session !== null && (
        <Link class="user" to="/settings" title={`Signed in as ${live.session.user}`}>
          <Icon name="user" size={14} />
          <span class="word">
            {live.session.user}
            {live.session.role !== null && <small>{live.session.role}</small>}
          </span>
        </Link>
      )}
      <span class={`live ${live.connection}`} role="status">
        <span class="dot" aria-hidden="true" />
        <span class="word">{word}</span>
      </span>
      <span class="space" />
      <button
        type="button"
        class="button icon-only bare"
        title={dark ? "Light theme" : "Dark theme"}
        onClick={() => setTheme(dark ? "light" : "dark")}
      >
        <Icon name={dark ? "sun" : "moon"} />
        <span class="sr">{dark ? "Light theme" : "Dark theme"}</span>
      </button>
    </div>
  );
}

function Banner({ live }: { live: LiveState }) {
  if (live.connection !== "lost" || live.snapshot === null) return null;
  return (
    <p class="banner" role="alert">
      <Icon name="alert" />
      Controller unreachable, showing state of {timeOfDay(live.receivedAt)}. Agents go on with what they have; this page
      reconnects by itself.
    </p>
  );
}
