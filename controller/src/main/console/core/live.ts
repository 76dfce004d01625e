/**
 * The console's one event stream: holds the latest snapshot, tells its readers, and comes back by
 * itself when the controller goes away. While the page is hidden the stream is closed, so that many
 * open tabs do not use up the browser's connections to one host.
 */
import { useEffect, useState } from "preact/hooks";
import { ApiError, read } from "./api.ts";
import type { Session, Snapshot, Status } from "./api.ts";
import { changed } from "./changes.ts";
import type { Change } from "./changes.ts";

export type Connection = "connecting" | "live" | "lost" | "signed-out";

export interface LiveState {
  connection: Connection;
  snapshot: Snapshot | null;
  /** Whose stream it is: it ends when what they may do changes. */
  session: Session | null;
  /** When the snapshot arrived, by this browser's clock, milliseconds since the epoch. */
  receivedAt: number;
}

// The controller sends each second: three missed events mean that it hangs or the line is dead.
const SILENCE_MILLIS = 3500;
const RETRY_MILLIS = 1000;
// Long enough to switch tabs and back without a flicker.
const HIDDEN_GRACE_MILLIS = 30_000;

let state: LiveState = { connection: "connecting", snapshot: null, session: null, receivedAt: 0 };
const readers = new Set<() => void>();
let source: EventSource | null = null;
let silence = 0;
let retry = 0;
let hidden = 0;

export function current(): LiveState {
  return state;
}

export function subscribe(reader: () => void): () => void {
  readers.add(reader);
  return () => readers.delete(reader);
}

/** Renders the component again with each event. */
export function useLive(): LiveState {
  const [seen, setSeen] = useState(state);
  useEffect(() => {
    setSeen(state);
    return subscribe(() => setSeen(state));
  }, []);
  return seen;
}

/** Whether the controller would let who is here do something. */
export function may(right: string): boolean {
  return state.session?.rights.includes(right) ?? false;
}

/** The same for what is kept in one namespace. */
export function mayIn(right: string, namespace: string): boolean {
  return may(right) || may(`${right}:${namespace}`);
}

export function start(): void {
  connect();
  void probe();
  document.addEventListener("visibilitychange", () => {
    window.clearTimeout(hidden);
    if (document.hidden) {
      hidden = window.setTimeout(disconnect, HIDDEN_GRACE_MILLIS);
    } else if (source === null) {
      connect();
    }
  });
}

function connect(): void {
  disconnect();
  const opened = new EventSource("/api/v1/events?changes=true");
  source = opened;
  opened.addEventListener("state", (event) => {
    arm();
    set({
      ...state,
      connection: "live",
      snapshot: JSON.parse((event as MessageEvent<string>).data) as Snapshot,
      receivedAt: Date.now(),
    });
  });
  opened.addEventListener("change", (event) => {
    arm();
    const snapshot = changed(state.snapshot, JSON.parse((event as MessageEvent<string>).data) as Change);
    // What it builds on is not what is here: a stream begins with the whole.
    if (snapshot === null) return connect();
    set({ ...state, connection: "live", snapshot, receivedAt: Date.now() });
  });
  opened.addEventListener("logout", () => signedOut());
  opened.addEventListener("error", () => lost());
  arm();
}

function arm(): void {
  window.clearTimeout(silence);
  silence = window.setTimeout(lost, SILENCE_MILLIS);
}

function disconnect(): void {
  window.clearTimeout(silence);
  window.clearTimeout(retry);
  source?.close();
  source = null;
}

function signedOut(): void {
  disconnect();
  set({ ...state, connection: "signed-out" });
}

function lost(): void {
  disconnect();
  set({ ...state, connection: "lost" });
  retry = window.setTimeout(() => void probe(), RETRY_MILLIS);
}

/** An event stream does not tell why it failed, nor whose it is, so ask before opening it again. */
async function probe(): Promise<void> {
  try {
    const { session } = await read<Status & { session: Session }>(
      "/api/v1/status",
      AbortSignal.timeout(SILENCE_MILLIS),
    );
    set({ ...state, session });
    if (source === null) connect();
  } catch (failure) {
    if (failure instanceof ApiError && failure.status === 401) signedOut();
    else lost();
  }
}

function set(next: LiveState): void {
  state = next;
  readers.forEach((reader) => reader());
}
