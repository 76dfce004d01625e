/** Data that one page reads once, and again when something it depends on changes. */
import { useEffect, useState } from "preact/hooks";
import { read } from "../core/api.ts";

export interface Loaded<T> {
  value: T | null;
  error: string | null;
}

/** Keeps showing what it has while the next answer is under way. */
export function useLoaded<T>(path: string, depends: unknown): Loaded<T> {
  const [seen, setSeen] = useState<Loaded<T> & { path: string }>({ path, value: null, error: null });
  useEffect(() => {
    const stop = new AbortController();
    read<T>(path, stop.signal).then(
      (value) => setSeen({ path, value, error: null }),
      (failure: Error) => {
        if (failure.name === "AbortError") return;
        setSeen((old) => ({ path, value: old.path === path ? old.value : null, error: failure.message }));
      },
    );
    return () => stop.abort();
  }, [path, depends]);
  return seen.path === path ? seen : { value: null, error: null };
}
