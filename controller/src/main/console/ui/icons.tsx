/** The console's own icons, drawn on a 16 px grid with one stroke width. */
import type { ComponentChildren } from "preact";

const SHAPES = {
  overview: <path d="M2.5 9.5 8 3l5.5 6.5M4.5 8v5.5h7V8" />,
  graph: (
    <>
      <circle cx="3.5" cy="8" r="1.75" />
      <circle cx="12.5" cy="3.5" r="1.75" />
      <circle cx="12.5" cy="12.5" r="1.75" />
      <path d="m5.1 7.2 5.8-2.9M5.1 8.8l5.8 2.9" />
    </>
  ),
  services: (
    <>
      <rect x="2" y="2.5" width="12" height="4.5" rx="1.2" />
      <rect x="2" y="9" width="12" height="4.5" rx="1.2" />
      <path d="M4.6 4.75h.01M4.6 11.25h.01" />
    </>
  ),
  traces: <path d="M2 3.5h7M4.5 8H12M8.5 12.5H14" />,
  explain: (
    <>
      <path d="M3.5 2.5v8.25a2 2 0 0 0 2 2h7M3.5 6.5h5.75" />
      <path d="m10.25 10.5 2.25 2.25-2.25 2.25M7.25 4.25 9.5 6.5 7.25 8.75" />
    </>
  ),
  resilience: <path d="M8 13.5S2.25 10.2 2.25 6.1A2.9 2.9 0 0 1 8 4.6a2.9 2.9 0 0 1 5.75 1.5C13.75 10.2 8 13.5 8 13.5z" />,
  fault: <path d="M9 1.75 3.5 9H8l-1 5.25L12.5 7H8z" />,
  arrow: <path d="M2.5 8h11M9.5 4l4 4-4 4" />,
  resources: (
    <>
      <path d="M9.5 1.75h-5a1 1 0 0 0-1 1v10.5a1 1 0 0 0 1 1h7a1 1 0 0 0 1-1v-8.5z" />
      <path d="M9.5 1.75v3h3M5.75 8h4.5M5.75 10.75h3" />
    </>
  ),
  access: (
    <>
      <path d="M8 1.75 3 3.6v4c0 3.1 2.1 5.5 5 6.65 2.9-1.15 5-3.55 5-6.65v-4z" />
      <path d="m5.9 7.9 1.5 1.5 2.8-3" />
    </>
  ),
  identity: (
    <>
      <circle cx="5" cy="8" r="3" />
      <path d="M8 8h6.25M11.5 8v2.5M14 8v2" />
    </>
  ),
  federation: (
    <>
      <circle cx="5.75" cy="8" r="4" />
      <circle cx="10.25" cy="8" r="4" />
    </>
  ),
  provider: (
    <>
      <path d="M8 2.25v11.5M4.5 13.75h7M2.75 4.5h10.5" />
      <path d="M3.5 4.5 1.75 9h3.5zM12.5 4.5 10.75 9h3.5z" />
    </>
  ),
  connect: (
    <>
      <circle cx="8" cy="8" r="6" />
      <path d="M8 5.25v5.5M5.25 8h5.5" />
    </>
  ),
  settings: (
    <>
      <path d="M2 4.5h6.5M12 4.5h2M2 11.5h2M7.5 11.5H14" />
      <circle cx="10.25" cy="4.5" r="1.75" />
      <circle cx="5.75" cy="11.5" r="1.75" />
    </>
  ),
  user: (
    <>
      <circle cx="8" cy="5.5" r="2.75" />
      <path d="M2.75 13.75c.6-2.7 2.6-4 5.25-4s4.65 1.3 5.25 4" />
    </>
  ),
  search: (
    <>
      <circle cx="7" cy="7" r="4.25" />
      <path d="m10.25 10.25 3.25 3.25" />
    </>
  ),
  sun: (
    <>
      <circle cx="8" cy="8" r="2.75" />
      <path d="M8 1.5v1.25M8 13.25v1.25M1.5 8h1.25M13.25 8h1.25M3.4 3.4l.9.9M11.7 11.7l.9.9M3.4 12.6l.9-.9M11.7 4.3l.9-.9" />
    </>
  ),
  moon: <path d="M13.25 9.6A5.75 5.75 0 0 1 6.4 2.75a5.75 5.75 0 1 0 6.85 6.85z" />,
  system: (
    <>
      <rect x="2" y="2.75" width="12" height="8" rx="1.2" />
      <path d="M5.5 13.5h5M8 10.75v2.75" />
    </>
  ),
  copy: (
    <>
      <rect x="5.5" y="5.5" width="8" height="8" rx="1.4" />
      <path d="M10.5 5.5v-1.6a1.4 1.4 0 0 0-1.4-1.4H3.9a1.4 1.4 0 0 0-1.4 1.4v5.2a1.4 1.4 0 0 0 1.4 1.4h1.6" />
    </>
  ),
  check: <path d="m3 8.5 3.25 3.25L13 4.75" />,
  close: <path d="m4 4 8 8M12 4l-8 8" />,
  unlocked: (
    <>
      <rect x="3.25" y="7" width="9.5" height="6.75" rx="1.4" />
      <path d="M5.5 7V4.9a2.5 2.5 0 0 1 4.85-.85" />
    </>
  ),
  lock: (
    <>
      <rect x="3.25" y="7" width="9.5" height="6.75" rx="1.4" />
      <path d="M5.5 7V4.9a2.5 2.5 0 0 1 5 0V7" />
    </>
  ),
  database: (
    <>
      <ellipse cx="8" cy="3.75" rx="5" ry="2" />
      <path d="M3 3.75v8.5c0 1.1 2.24 2 5 2s5-.9 5-2v-8.5M3 8c0 1.1 2.24 2 5 2s5-.9 5-2" />
    </>
  ),
  external: (
    <>
      <circle cx="8" cy="8" r="6" />
      <path d="M2 8h12M8 2c1.9 1.7 2.75 3.7 2.75 6S9.9 12.3 8 14C6.1 12.3 5.25 10.3 5.25 8S6.1 3.7 8 2z" />
    </>
  ),
  outside: <path d="M6 3H3.5v10H6M6.5 8H14M11 5l3 3-3 3" />,
  right: <path d="m6 3.5 4.5 4.5L6 12.5" />,
  fit: <path d="M2.5 6V2.5H6M10 2.5h3.5V6M13.5 10v3.5H10M6 13.5H2.5V10" />,
  plus: <path d="M8 3v10M3 8h10" />,
  minus: <path d="M3 8h10" />,
  table: (
    <>
      <rect x="2" y="2.75" width="12" height="10.5" rx="1.4" />
      <path d="M2 6.25h12M6.5 6.25v7" />
    </>
  ),
  layout: (
    <>
      <path d="M13.2 6.4A5.4 5.4 0 0 0 3 5.9M2.8 9.6a5.4 5.4 0 0 0 10.2.5" />
      <path d="M3 2.75V6h3.2M13 13.25V10H9.8" />
    </>
  ),
  download: <path d="M8 2.25v8M4.75 7.25 8 10.5l3.25-3.25M2.75 13.25h10.5" />,
  menu: <path d="M2.5 4.5h11M2.5 8h11M2.5 11.5h11" />,
  alert: (
    <>
      <path d="M8 2.25 14.25 13H1.75z" />
      <path d="M8 6.5v3M8 11.25h.01" />
    </>
  ),
  history: (
    <>
      <path d="M2.6 6.2A5.75 5.75 0 1 1 2.3 9" />
      <path d="M2.5 2.75V6.2h3.4M8 5v3.2l2.2 1.4" />
    </>
  ),
  block: (
    <>
      <circle cx="8" cy="8" r="6" />
      <path d="m3.8 3.8 8.4 8.4" />
    </>
  ),
} satisfies Record<string, ComponentChildren>;

export type IconName = keyof typeof SHAPES;

export function Icon({ name, size = 16 }: { name: IconName; size?: number }) {
  return (
    <svg class="icon" width={size} height={size} viewBox="0 0 16 16" aria-hidden="true">
      {SHAPES[name]}
    </svg>
  );
}

/** An icon inside another drawing, its top left corner at x, y. */
export function IconAt({ name, x, y, size = 16 }: { name: IconName; x: number; y: number; size?: number }) {
  return (
    <svg class="icon" x={x} y={y} width={size} height={size} viewBox="0 0 16 16" aria-hidden="true">
      {SHAPES[name]}
    </svg>
  );
}

/** The mark: a mesh inside a ring. */
export function Logo({ size = 24 }: { size?: number }) {
  return (
    <svg class="logo" width={size} height={size} viewBox="0 0 24 24" aria-hidden="true">
      <circle class="ring" cx="12" cy="12" r="10" />
      <path class="link" d="M8.2 9.4 15.9 8M8 10l3.6 6M16 8.6l-3.4 7.4" />
      <circle class="dot" cx="7.7" cy="9.4" r="2.1" />
      <circle class="dot" cx="16.2" cy="7.9" r="2.1" />
      <circle class="dot" cx="12.1" cy="16.3" r="2.1" />
    </svg>
  );
}
