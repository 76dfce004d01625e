/** Small parts that several pages are made of. */
import { useEffect, useRef, useState } from "preact/hooks";
import type { ComponentChildren } from "preact";
import { Icon } from "./icons.tsx";
import type { IconName } from "./icons.tsx";

// Long enough to read the confirmation, short enough not to be stale at the next copy.
const COPIED_MILLIS = 1800;

export function CopyButton({ text, label = "Copy" }: { text: string; label?: string }) {
  const [done, setDone] = useState<"" | "Copied" | "Press Ctrl+C">("");
  const timer = useRef(0);
  useEffect(() => () => window.clearTimeout(timer.current), []);
  const copy = async () => {
    setDone((await toClipboard(text)) ? "Copied" : "Press Ctrl+C");
    window.clearTimeout(timer.current);
    timer.current = window.setTimeout(() => setDone(""), COPIED_MILLIS);
  };
  return (
    <button type="button" class="button small copy" onClick={() => void copy()} data-copy={text}>
      <Icon name={done === "Copied" ? "check" : "copy"} size={14} />
      <span aria-live="polite">{done === "" ? label : done}</span>
    </button>
  );
}

/** The clipboard API exists only on HTTPS and loopback; elsewhere the old command still works. */
async function toClipboard(text: string): Promise<boolean> {
  if (navigator.clipboard) {
    try {
      await navigator.clipboard.writeText(text);
      return true;
    } catch (denied) {
      console.debug("clipboard refused, selecting instead", denied);
    }
  }
  const area = document.createElement("textarea");
  area.value = text;
  area.className = "sr";
  document.body.append(area);
  area.select();
  const copied = document.execCommand("copy");
  area.remove();
  return copied;
}

export function Code({ text, label }: { text: string; label: string }) {
  return (
    <div class="code">
      <pre tabIndex={0} aria-label={label}>
        {text}
      </pre>
      <CopyButton text={text} />
    </div>
  );
}

export function Card(props: {
  title?: string;
  aside?: ComponentChildren;
  flush?: boolean;
  children: ComponentChildren;
}) {
  return (
    <section class={props.flush ? "card flush" : "card"}>
      {props.title !== undefined && (
        <header>
          <h2>{props.title}</h2>
          {props.aside}
        </header>
      )}
      {props.children}
    </section>
  );
}

/** What to do next, where there is nothing to show yet. */
export function Empty(props: {
  icon: IconName;
  title: string;
  /** It is the whole page, so its title is the page's. */
  page?: boolean;
  children?: ComponentChildren;
}) {
  return (
    <div class="empty">
      <Icon name={props.icon} size={28} />
      {props.page ? <h1 class="title">{props.title}</h1> : <p class="title">{props.title}</p>}
      {props.children !== undefined && <div class="what">{props.children}</div>}
    </div>
  );
}

export function PageHead(props: {
  title: ComponentChildren;
  sub?: ComponentChildren;
  children?: ComponentChildren;
}) {
  return (
    <div class="page-head">
      <div>
        <h1>{props.title}</h1>
        {props.sub !== undefined && <p class="sub">{props.sub}</p>}
      </div>
      {props.children !== undefined && <div class="actions">{props.children}</div>}
    </div>
  );
}

export function Metric(props: {
  label: string;
  value: ComponentChildren;
  note?: ComponentChildren;
  tone?: "bad" | "warn" | undefined;
}) {
  return (
    <div class={`metric ${props.tone ?? ""}`}>
      <dt>{props.label}</dt>
      <dd>
        {props.value}
        {props.note !== undefined && <small>{props.note}</small>}
      </dd>
    </div>
  );
}

export function Tag(props: { children: ComponentChildren; tone?: "bad" | "warn" | "ok" | "accent" | undefined }) {
  return <span class={`tag ${props.tone ?? ""}`}>{props.children}</span>;
}

export function Failure({ error }: { error: string }) {
  return (
    <p class="failure" role="alert">
      <Icon name="alert" />
      {error}
    </p>
  );
}

export function Loading({ what }: { what: string }) {
  return (
    <p class="loading" role="status">
      Loading {what}…
    </p>
  );
}

export function Search(props: { label: string; value: string; onChange: (text: string) => void }) {
  return (
    <label class="search">
      <Icon name="search" size={14} />
      <span class="sr">{props.label}</span>
      <input
        type="search"
        placeholder={props.label}
        value={props.value}
        onInput={(event) => props.onChange(event.currentTarget.value)}
      />
    </label>
  );
}
