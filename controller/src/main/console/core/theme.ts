/** Light, dark, or as the system has it; kept in this browser. */
import { useEffect, useState } from "preact/hooks";

export type Theme = "system" | "light" | "dark";

const KEY = "endomesh.theme";
const readers = new Set<() => void>();

export function theme(): Theme {
  const kept = window.localStorage.getItem(KEY);
  return kept === "light" || kept === "dark" ? kept : "system";
}

export function setTheme(next: Theme): void {
  if (next === "system") window.localStorage.removeItem(KEY);
  else window.localStorage.setItem(KEY, next);
  apply();
  readers.forEach((reader) => reader());
}

export function apply(): void {
  const chosen = theme();
  if (chosen === "system") document.documentElement.removeAttribute("data-theme");
  else document.documentElement.setAttribute("data-theme", chosen);
}

export function useTheme(): Theme {
  const [seen, setSeen] = useState(theme);
  useEffect(() => {
    const changed = () => setSeen(theme());
    readers.add(changed);
    return () => void readers.delete(changed);
  }, []);
  return seen;
}
