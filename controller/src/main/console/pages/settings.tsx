/** `/settings`: how this browser shows the console, who is signed in, which keys do what. */
import type { Snapshot } from "../core/api.ts";
import { write } from "../core/api.ts";
import { count, dateTime } from "../core/format.ts";
import { setTheme, useTheme } from "../core/theme.ts";
import type { Theme } from "../core/theme.ts";
import { Icon } from "../ui/icons.tsx";
import type { IconName } from "../ui/icons.tsx";
import { Card, CopyButton, PageHead } from "../ui/parts.tsx";

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

type Rotation = NonNullable<Snapshot["status"]["certificateAuthority"]["rotation"]>;

const PHASES: Record<Rotation["phase"], string> = {
  ANNOUNCE: "workloads come to know the next root",
  SIGN: "the next root signs, workloads renew their certificates",
  RETURN: "given up, workloads go back to the present root",
};

function rotation({ phase, since, waitingFor }: Rotation): string {
  const waits = waitingFor.length === 0 ? "" : `, waiting for ${waitingFor.join(", ")}`;
  return `${PHASES[phase]}, since ${dateTime(since)}${waits}`;
}

export function SettingsPage({ snapshot }: { snapshot: Snapshot }) {
  const chosen = useTheme();
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
          <Card title="Session">
            <dl class="facts">
              <dt>Signed in as</dt>
              <dd>{status.session.user}</dd>
              <dt>Login</dt>
              <dd>{status.session.loginRequired ? "by a link that works once" : "not asked on loopback"}</dd>
            </dl>
            {status.session.loginRequired && (
              <button type="button" class="button" onClick={() => void signOut()}>
                Sign out
              </button>
            )}
          </Card>
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
              <dt>Root certificate</dt>
              <dd>ends {dateTime(status.certificateAuthority.notAfter)}</dd>
              <dt>Issuing certificate</dt>
              <dd>
                {status.certificateAuthority.issuer}, ends {dateTime(status.certificateAuthority.issuerNotAfter)}
              </dd>
              {status.certificateAuthority.rotation !== null && (
                <>
                  <dt>Root rotation</dt>
                  <dd>{rotation(status.certificateAuthority.rotation)}</dd>
                </>
              )}
              <dt>Fingerprint</dt>
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

async function signOut(): Promise<void> {
  await write("POST", "/logout");
  window.location.assign("/");
}
