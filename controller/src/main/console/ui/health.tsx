/** Health is always colour, shape and word together: no one needs to tell red from green. */
import type { Health } from "../core/api.ts";

const WORDS: Record<Health, string> = {
  healthy: "Healthy",
  degraded: "Degraded",
  failing: "Failing",
  idle: "Idle",
};

const ORDER: Record<Health, number> = { failing: 0, degraded: 1, healthy: 2, idle: 3 };

export function healthWord(health: Health): string {
  return WORDS[health];
}

export function worstFirst(a: Health, b: Health): number {
  return ORDER[a] - ORDER[b];
}

/** The shape alone, 12 px, to stand beside a name; drawn at x, y inside another drawing. */
export function HealthShape({ health, x, y }: { health: Health; x?: number; y?: number }) {
  return (
    <svg class={`shape ${health}`} x={x} y={y} width="12" height="12" viewBox="0 0 12 12" aria-hidden="true">
      {health === "healthy" && <circle cx="6" cy="6" r="4.5" />}
      {health === "degraded" && <path d="M6 1.2 11.2 10.5H.8z" />}
      {health === "failing" && <rect x="1.5" y="1.5" width="9" height="9" rx="1" />}
      {health === "idle" && <circle class="hollow" cx="6" cy="6" r="4" />}
    </svg>
  );
}

export function HealthPill({ health }: { health: Health }) {
  return (
    <span class={`pill ${health}`}>
      <HealthShape health={health} />
      {WORDS[health]}
    </span>
  );
}

export function HealthMark({ health }: { health: Health }) {
  return (
    <span class="mark" title={WORDS[health]}>
      <HealthShape health={health} />
      <span class="sr">{WORDS[health]}: </span>
    </span>
  );
}
