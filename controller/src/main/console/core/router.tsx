/** Addresses: the whole state of a view is in its URL, so that a copied link shows the same thing. */
import { useEffect, useState } from "preact/hooks";
import type { ComponentChildren, JSX } from "preact";

export interface Place {
  path: string;
  query: URLSearchParams;
}

const readers = new Set<() => void>();

function here(): Place {
  return { path: window.location.pathname, query: new URLSearchParams(window.location.search) };
}

export function go(to: string, replace = false): void {
  if (to === window.location.pathname + window.location.search) return;
  if (replace) window.history.replaceState(null, "", to);
  else window.history.pushState(null, "", to);
  readers.forEach((reader) => reader());
}

/** The same page with some query parameters changed; `null` takes one away. */
export function withQuery(changes: Record<string, string | null>): string {
  const { path, query } = here();
  for (const [name, value] of Object.entries(changes)) {
    if (value === null || value === "") query.delete(name);
    else query.set(name, value);
  }
  const text = readable(query);
  return text === "" ? path : `${path}?${text}`;
}

/** What needs no escape in a query has none (RFC 3986, 3.4). */
function readable(query: URLSearchParams): string {
  return query.toString().replaceAll("%2F", "/").replaceAll("%3A", ":");
}

export function usePlace(): Place {
  const [place, setPlace] = useState(here);
  useEffect(() => {
    const moved = () => setPlace(here());
    readers.add(moved);
    window.addEventListener("popstate", moved);
    return () => {
      readers.delete(moved);
      window.removeEventListener("popstate", moved);
    };
  }, []);
  return place;
}

type LinkProps = Omit<JSX.AnchorHTMLAttributes<HTMLAnchorElement>, "href"> & {
  to: string;
  children: ComponentChildren;
};

/** A real link (it can be copied and opened in a tab) that does not load the page anew. */
export function Link({ to, children, ...rest }: LinkProps) {
  const follow = (event: MouseEvent) => {
    if (event.defaultPrevented || event.button !== 0) return;
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    go(to);
  };
  return (
    <a {...rest} href={to} onClick={follow}>
      {children}
    </a>
  );
}

export function serviceUrl(id: string): string {
  return `/services/${id}`;
}

export function routeUrl(id: string): string {
  return `/routes/${id}`;
}

export function tracePath(id: string): string {
  return `/traces/${id}`;
}

export function resourceUrl(r: { namespace: string; plural: string; name: string }): string {
  return `/resources/${r.namespace}/${r.plural}/${r.name}`;
}

/** Parameters: `method`, `url`, `from`, and `h` for each header; what is left out is to be filled in. */
export function explainUrl(query: URLSearchParams): string {
  return `/explain?${readable(query)}`;
}
