/** `/settings`: how this browser shows the console, who is signed in, which keys do what. */
import { useState } from "preact/hooks";
import type { Snapshot } from "../core/api.ts";
import { write } from "../core/api.ts";
import { useLive } from "../core/live.ts";
import { count, dateTime } from "../core/format.ts";
import { Link } from "../core/router.tsx";
import { setTheme, useTheme } from "../core/theme.ts";
import type { Theme } from "../core/theme.ts";
import { Icon } from "../ui/icons.tsx";
import type { IconName } from "../ui/icons.tsx";
import { Card, CopyButton, Failure, PageHead } from "../ui/parts.tsx";
import { ApiTokens } from "../ui/tokens.tsx";
import { NewPassword } from "./login.tsx";

const THEMES: { theme: Theme; word: string; icon: IconName }[] = [
  { theme: "system", word: "As the system", icon: "system" },
  { theme: "light", word: "Light", icon: "sun" },
  { theme: "dark", word: "Dark", icon: "moon" },
];

const KEYS: [string[], string][] = [
  [["/"], "Search services, instances, resources, pages"],
  [["Esc"], "Close the search, the details, the focus"],
  [["↑", "↓"], "Walk through a list or a trace"],
  [["←", "→", "↑", "↓"], "Walk from service to service in the graph"],
  [["Enter"], "Open what has the focus"],
];

export function SettingsPage({ snapshot }: { snapshot: Snapshot }) {
  const chosen = useTheme();
  const { session } = useLive();
  const { status } = snapshot;
  return (
    <>
      <PageHead title="Settings" />
      <div class="columns even">
        <div>
          <Card title="Appearance">
            <div class="switch" role="group" aria-label="Theme">
              {THEMES.map(({ theme, word, icon }) => (
                <button key={theme} type="button" aria-pressed={chosen === theme} onClick={() => setTheme(theme)}>
                  <Icon name={icon} size={14} /> {word}
                </button>
              ))}
            </div>
            <p class="muted">Kept in this browser. Motion follows the system's setting.</p>
          </Card>
          <Card title="Keyboard">
            <dl class="facts keys">
              {KEYS.map(([keys, what]) => (
                <div key={what}>
                  <dt>
                    {keys.map((key) => (
                      <kbd key={key}>{key}</kbd>
                    ))}
                  </dt>
                  <dd>{what}</dd>
                </div>
              ))}
            </dl>
          </Card>
        </div>
        <div>
          {session !== null && (
            <Card title="Session">
              <dl class="facts">
                <dt>Signed in as</dt>
                <dd>{session.user}</dd>
                {session.provider !== null && (
                  <>
                    <dt>By</dt>
                    <dd>{session.provider}</dd>
                  </>
                )}
                {session.role !== null && (
                  <>
                    <dt>Role</dt>
                    <dd>{session.role}</dd>
                  </>
                )}
                <dt>May</dt>
                <dd>{session.rights.join(", ")}</dd>
                <dt>Login</dt>
                <dd>
                  {session.loginRequired
                    ? "needed"
                    : "not needed: every process on the controller's machine is administrator"}
                </dd>
              </dl>
              {session.role !== null && session.provider === null && <PasswordForm user={session.user} />}
              {session.loginRequired && (
                <button type="button" class="button" onClick={() => void signOut()}>
                  Sign out
                </button>
              )}
            </Card>
          )}
          {session !== null && session.provider === null && <ApiTokens session={session} now={status.now} />}
          <Card title="Controller">
            <dl class="facts">
              <dt>Version</dt>
              <dd>{status.version}</dd>
              <dt>Address</dt>
              <dd class="mono">{status.address}</dd>
              <dt>Trust domain</dt>
              <dd class="mono">{status.trustDomain}</dd>
              <dt>Started</dt>
              <dd>{dateTime(status.startedAt)}</dd>
              <dt>Certificates</dt>
              <dd>
                <Link class="button small" to="/identities">
                  Identities
                </Link>
              </dd>
              <dt>Root certificate</dt>
              <dd class="mono breakable">
                {status.certificateAuthority.fingerprint}{" "}
                <CopyButton text={status.certificateAuthority.fingerprint} label="Copy fingerprint" />
              </dd>
              <dt>Telemetry kept out</dt>
              <dd>
                {count(status.telemetry.rejectedRequests)} rejected requests, {count(status.telemetry.evictedTraces)}{" "}
                traces that made room
              </dd>
            </dl>
          </Card>
        </div>
      </div>
    </>
  );
}

/** It ends all sessions of the user, this one too. */
function PasswordForm({ user }: { user: string }) {
  const [old, setOld] = useState("");
  const [fresh, setFresh] = useState("");
  const [error, setError] = useState<string | null>(null);
  const change = (event: Event) => {
    event.preventDefault();
    write("POST", "/api/v1/password", { old, new: fresh }).then(
      () => window.location.assign("/login"),
      (failure: Error) => setError(failure.message),
    );
  };
  return (
    <details class="quiet">
      <summary>Change password</summary>
      <form class="fields stacked" onSubmit={change}>
        <input type="hidden" autocomplete="username" value={user} />
        <label>
          Old password
          <input
            type="password"
            required
            autocomplete="current-password"
            value={old}
            onInput={(event) => setOld(event.currentTarget.value)}
          />
        </label>
        <NewPassword value={fresh} onChange={setFresh} />
        {error !== null && <Failure error={error} />}
        <button type="submit" class="button">
          Change, and log in anew
        </button>
      </form>
    </details>
  );
}

async function signOut(): Promise<void> {
  // Who logged in at a provider is logged out there as well, if it has a way.
  const answer = await write<{ location: string } | undefined>("POST", "/logout");
  window.location.assign(answer?.location ?? "/login");
}
