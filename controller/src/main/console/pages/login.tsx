/** `/login` and `/setup`: how one gets in, before there is anything to show. */
import { useEffect, useState } from "preact/hooks";
import type { ComponentChildren } from "preact";
import { read, write } from "../core/api.ts";
import type { Ways } from "../core/api.ts";
import { usePlace } from "../core/router.tsx";
import { Logo } from "../ui/icons.tsx";
import { Code, Failure } from "../ui/parts.tsx";

/** As the controller asks of passwords; it says so itself as well. */
export const MIN_PASSWORD = 15;

export function LoginPage({ ended = false }: { ended?: boolean }) {
  const [user, setUser] = useState("");
  const [password, setPassword] = useState("");
  const enter = async () => {
    await write("POST", "/login", { user, password });
    window.location.assign(ended ? window.location.href : next());
  };
  return (
    <Door
      title={ended ? "Your session has ended" : "Log in"}
      action="Log in"
      onSubmit={enter}
      before={<ProviderWay next={ended ? window.location.pathname + window.location.search : next()} />}
    >
      <label>
        User
        <input
          name="user"
          required
          autocomplete="username"
          autocapitalize="none"
          value={user}
          onInput={(event) => setUser(event.currentTarget.value)}
        />
      </label>
      <label>
        Password
        <input
          name="password"
          type="password"
          required
          autocomplete="current-password"
          value={password}
          onInput={(event) => setPassword(event.currentTarget.value)}
        />
      </label>
    </Door>
  );
}

const FAILED: Record<string, (claims: string) => string> = {
  stale: () => "This login took too long, was begun in another browser, or was used before. Begin it again.",
  refused: () => "The provider did not let you in.",
  provider: () => "The provider does not answer as it should; the controller's audit log says more.",
  token: () => "What the provider said of you is not believed; the controller's audit log says more.",
  role: (claims) => `You have no role here: none of your values of ${claims} has one. Ask who runs the controller.`,
  busy: () => "Too many logins at once. Try again in a minute.",
};

/** By a provider: never by itself, so that who is refused there is not sent there and back for ever. */
function ProviderWay({ next }: { next: string }) {
  const [provider, setProvider] = useState<Ways["provider"]>(null);
  useEffect(() => {
    read<Ways>("/oidc/provider").then(
      (ways) => setProvider(ways.provider),
      () => setProvider(null),
    );
  }, []);
  if (provider === null) return null;
  const failed = FAILED[new URLSearchParams(window.location.search).get("failed") ?? ""];
  return (
    <div class="provider">
      {failed !== undefined && <Failure error={failed(provider.claims.join(" or "))} />}
      {provider.failure === null ? (
        // A link, not a form: the policy of this page lets forms lead nowhere else.
        <a class="button primary" href={`${provider.path}?next=${encodeURIComponent(next)}`}>
          Log in with {provider.name}
        </a>
      ) : (
        <>
          <button type="button" class="button" disabled>
            Log in with {provider.name}
          </button>
          <p class="muted">Not possible now: {provider.failure}</p>
        </>
      )}
      <p class="muted or">or by an account of this controller</p>
    </div>
  );
}

/** By a link that is good once: the first account, or the password of one that was made. */
export function SetupPage() {
  const { query } = usePlace();
  const invited = query.get("user");
  const [name, setName] = useState(invited ?? "");
  const [password, setPassword] = useState("");
  const enter = async () => {
    await write("POST", "/setup", { ticket: query.get("ticket") ?? "", name, password });
    window.location.assign("/");
  };
  return (
    <Door title={invited === null ? "Make the first account" : `Welcome ${invited}`} action="Set password" onSubmit={enter}>
      <p class="muted">
        {invited === null
          ? "It is the administrator's. Further ones are made by `endomesh user add`, or on the page Users."
          : "Choose the password of your account."}
      </p>
      <label>
        User
        <input
          name="user"
          required
          readOnly={invited !== null}
          autocomplete="username"
          autocapitalize="none"
          value={name}
          onInput={(event) => setName(event.currentTarget.value)}
        />
      </label>
      <NewPassword value={password} onChange={setPassword} />
    </Door>
  );
}

export function NewPassword({ value, onChange }: { value: string; onChange: (text: string) => void }) {
  return (
    <label>
      New password
      <input
        name="new-password"
        type="password"
        required
        minLength={MIN_PASSWORD}
        autocomplete="new-password"
        value={value}
        onInput={(event) => onChange(event.currentTarget.value)}
      />
      <small class="muted">{MIN_PASSWORD} characters or more; a few words do</small>
    </label>
  );
}

interface DoorProps {
  title: string;
  action: string;
  onSubmit: () => Promise<void>;
  /** Another way in. */
  before?: ComponentChildren;
  children: ComponentChildren;
}

function Door({ title, action, onSubmit, before, children }: DoorProps) {
  const [error, setError] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const submit = async (event: Event) => {
    event.preventDefault();
    setBusy(true);
    setError(null);
    try {
      await onSubmit();
    } catch (failure) {
      setError((failure as Error).message);
      setBusy(false);
    }
  };
  return (
    <main class="signed-out" data-ready="true">
      <section class="card door">
        <p class="brand">
          <Logo /> <span>Endomesh</span>
        </p>
        <h1>{title}</h1>
        {before}
        <form class="fields stacked" onSubmit={(event) => void submit(event)}>
          {children}
          {error !== null && <Failure error={error} />}
          <button type="submit" class="button primary" disabled={busy}>
            {action}
          </button>
        </form>
        <details class="quiet">
          <summary>Without a password</summary>
          <p class="muted">On the controller's machine, this makes a link that logs in once:</p>
          <Code label="Command" text="endomesh dashboard" />
        </details>
      </section>
    </main>
  );
}

/** Where somebody wanted to go, if it is here: a link must not lead elsewhere after a login. */
function next(): string {
  const wanted = new URL(new URLSearchParams(window.location.search).get("next") ?? "/", window.location.origin);
  return wanted.origin === window.location.origin ? wanted.pathname + wanted.search : "/";
}
