/** Parts of pages that change something: one press too few is mended, one too many is not. */
import { useEffect, useRef, useState } from "preact/hooks";
import type { ComponentChildren } from "preact";
import { write } from "../core/api.ts";
import { CopyButton, Failure } from "./parts.tsx";

export interface Acting {
  busy: boolean;
  failed: string | null;
  /** Grows with each act, for what is to be loaded again. */
  times: number;
  /** Null if it failed. */
  act: <T>(method: string, path: string, body?: unknown) => Promise<{ answer: T } | null>;
}

export function useAct(): Acting {
  const [state, setState] = useState({ busy: false, failed: null as string | null, times: 0 });
  const act = async <T,>(method: string, path: string, body?: unknown) => {
    setState((old) => ({ ...old, busy: true, failed: null }));
    try {
      const answer = await write<T>(method, path, body);
      setState((old) => ({ busy: false, failed: null, times: old.times + 1 }));
      return { answer };
    } catch (failure) {
      setState((old) => ({ busy: false, failed: (failure as Error).message, times: old.times + 1 }));
      return null;
    }
  };
  return { ...state, act };
}

/** Asks once more on the same place; whoever looks elsewhere did not mean it. */
export function AskButton(props: {
  word: string;
  /** What it is done to, for who does not see the row. */
  of: string;
  really: string;
  disabled?: boolean;
  onYes: () => void;
}) {
  const [asked, setAsked] = useState(false);
  return (
    <button
      type="button"
      class={asked ? "button small danger" : "button small"}
      disabled={props.disabled}
      onClick={() => {
        if (asked) props.onYes();
        setAsked(!asked);
      }}
      onBlur={() => setAsked(false)}
    >
      {asked ? props.really : props.word}
      <span class="sr"> {props.of}</span>
    </button>
  );
}

/** What an act would do, in words and as the command that does the same, before it is done. */
export function Confirm(props: {
  title: string;
  word: string;
  command: string;
  acting: Acting;
  danger?: boolean;
  onYes: () => void;
  onClose: () => void;
  children: ComponentChildren;
}) {
  const yes = useRef<HTMLButtonElement>(null);
  useEffect(() => yes.current?.focus(), []);
  const leave = (event: KeyboardEvent) => {
    if (event.key === "Escape") props.onClose();
  };
  return (
    <section class="change" aria-label={props.title} onKeyDown={leave}>
      <p>
        <b>{props.title}</b>
      </p>
      {props.children}
      {props.acting.failed !== null && <Failure error={props.acting.failed} />}
      <Cli text={props.command} />
      <p class="buttons">
        <button
          ref={yes}
          type="button"
          class={props.danger ? "button small danger" : "button small primary"}
          disabled={props.acting.busy}
          onClick={props.onYes}
        >
          {props.word}
        </button>
        <button type="button" class="button small bare" onClick={props.onClose}>
          Cancel
        </button>
      </p>
    </section>
  );
}

/** What does or tells the same on a command line. */
export function Cli({ text }: { text: string }) {
  return (
    <p class="cli">
      <span class="sr">On the command line: </span>
      <code>{text}</code>
      <CopyButton text={text} />
    </p>
  );
}
