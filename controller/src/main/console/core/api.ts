/** The controller's JSON, as docs/api.md specifies it, and the few calls the console makes. */

export type Health = "healthy" | "degraded" | "failing" | "idle";
export type MtlsMode = "STRICT" | "PERMISSIVE" | "DISABLE";

export interface Stats {
  requestsTotal: number;
  errorsTotal: number;
  refusedTotal: number;
  retriesTotal: number;
  requestsPerSecond: number;
  errorsPerSecond: number;
  refusedPerSecond: number;
  retriesPerSecond: number;
  errorRatio: number | null;
  p50Millis: number | null;
  p99Millis: number | null;
  windowSeconds: number;
}

export interface Problem {
  severity: "error" | "warning" | "info";
  message: string;
  subject: string;
}

export interface Status {
  version: string;
  trustDomain: string;
  now: string;
  startedAt: string;
  uptimeSeconds: number;
  revision: number;
  address: string;
  counts: { services: number; workloads: number; namespaces: number; resources: number };
  certificateAuthority: Authority;
  telemetry: {
    metricPoints: number;
    spans: number;
    rejectedRequests: number;
    evictedTraces: number;
  };
  /** Another number once an issuer or a partner has answered, or could not be asked. */
  answers: number;
  /** Those that run, newest first. */
  faults: FaultTest[];
  /** Stored, and refused in its name whatever it may have refused. */
  unreadable: (ResourceName & { why: string; meanwhile: string })[];
  problems: Problem[];
}

/** Calls of a service that go wrong on purpose for a while. */
export interface FaultTest {
  id: string;
  service: string;
  /** `HTTPRoute/shop/orders`; null for all calls. */
  route: string | null;
  rule: number | null;
  delayMillis: number | null;
  abortStatus: number | null;
  abortGrpcStatus: string | null;
  percent: number;
  by: string;
  startedAt: string;
  until: string;
  state: "running" | "stopped" | "ended";
  endedAt: string | null;
  /** Null if its time was over. */
  endedBy: string | null;
}

export interface Root {
  fingerprint: string;
  subject: string;
  notBefore: string;
  notAfter: string;
  /** False of those of another authority, such as SPIRE. */
  own: boolean;
}

export interface Rotation {
  phase: "ANNOUNCE" | "SIGN" | "RETURN";
  since: string;
  now: boolean;
  waitingFor: string[];
}

export interface Authority {
  kind: string;
  /** Of the root below which certificates are issued. */
  fingerprint: string;
  notAfter: string;
  issuer: string;
  issuerFingerprint: string;
  issuerNotBefore: string;
  issuerNotAfter: string;
  /** How many certificates are worth nothing, though they have not ended. */
  revoked: number;
  /** Of a program that signs. */
  command?: { issued: number; failed: number; lastFailure: string | null };
  roots: Root[];
  rotation: Rotation | null;
}

/** What is known of one that is not shown its secret again. */
export interface JoinToken {
  id: string;
  namespace: string;
  service: string;
  labels: Record<string, string>;
  uses: number | null;
  used: number | null;
  createdAt: string;
  expiresAt: string;
  lastUsedAt: string | null;
}

export interface Partner {
  trustDomain: string;
  /** Of the resource. */
  name: string;
  bundleEndpointURL: string;
  profile: "https_spiffe" | "https_web";
  endpointSPIFFEID: string | null;
  sequence: number | null;
  fetchedAt: string | null;
  failure: string | null;
  failingSince: string | null;
  roots: { fingerprint: string; notAfter: string }[];
}

export interface Federation {
  trustDomain: string;
  endpointSPIFFEID: string;
  federated: Partner[];
}

export interface Issuer extends ResourceName {
  issuer: string;
  for: "requests" | "joining";
  field: string;
  audiences: string[];
  /** Null if they come along. */
  keysFrom: string | null;
  discovered: boolean;
  fetchedAt: string | null;
  failure: string | null;
  failingSince: string | null;
  keys: { kid: string | null; kty: string | null; alg: string | null }[];
  policies: ResourceName[];
}

export interface Provider extends ResourceName {
  service: string;
  port: number;
  timeoutMillis: number;
  failOpen: boolean;
  statusOnError: number;
  headers: string[] | null;
  serviceId: string | null;
  connected: number | null;
  policies: ResourceName[];
}

export interface Providers {
  issuers: Issuer[];
  providers: Provider[];
  /** Policies that ask who is not there. */
  missing: (ResourceName & { provider: string })[];
}

export type Role = "viewer" | "operator" | "admin";

export interface User {
  name: string;
  role: Role;
  tap: boolean;
  /** Whether it is set. */
  password: boolean;
  createdAt: string;
  /** That are not over. */
  sessions: number;
}

/** Who has a session and no account: by a provider, or by a link of who runs the controller. */
export interface Guest {
  name: string;
  sessions: number;
}

export interface ApiToken {
  id: string;
  name: string;
  owner: string;
  scopes: string[];
  createdAt: string;
  expiresAt: string;
  lastUsedAt: string | null;
}

export interface AuditEntry {
  at: string;
  who: string;
  from: string;
  action: string;
  subject: string;
  denied: boolean;
  times: number;
  why: string;
  before: unknown;
  after: unknown;
}

/** Who looks at the console, and what they may do: member `session` of `GET /api/v1/status`. */
export interface Session {
  loginRequired: boolean;
  user: string;
  /** Of users; null of who runs the controller. */
  role: Role | null;
  /** Name of the provider by which they logged in; null of who has an account here. */
  provider: string | null;
  rights: string[];
}

/** `GET /oidc/provider`: by whom else people log in. */
export interface Ways {
  provider: {
    name: string;
    path: string;
    /** Why nobody can now; null if they can. */
    failure: string | null;
    /** One of which gives a role. */
    claims: string[];
  } | null;
}

export interface ResourceName {
  kind: string;
  namespace: string;
  name: string;
}

export interface Service {
  id: string;
  namespace: string;
  name: string;
  identity: string;
  ports: { number: number; protocol: string }[];
  declared: boolean;
  workloads: number;
  connected: number;
  /** Of its own, or of the services whose instances it names. */
  instances: string[];
  versions: string[];
  mtls: MtlsMode;
  health: Health;
  inbound: Stats;
  outbound: Stats;
  resources: ResourceName[];
}

export interface Workload {
  instance: string;
  serviceId: string;
  namespace: string;
  service: string;
  identity: string;
  address: string;
  ports: { number: number; protocol: string; advertised: number }[];
  labels: Record<string, string>;
  /** Of which something other than itself vouches. */
  attestedLabels: string[];
  connected: boolean;
  since: string;
  lastSeen: string;
  leaseEndsAt: string | null;
  configuration: {
    wanted: string;
    acked: string | null;
    upToDate: boolean;
    rejection: string | null;
    subscriptions: Record<string, number>;
  };
  certificateNotAfter: string | null;
  certificateNotBefore: string | null;
  certificateRoot: string | null;
  renewalProblem: string;
  /** Why it refuses calls for which it needs files. */
  tlsProblems: string[];
  agentVersion: string;
  javaVersion: string;
  mainClass: string;
  pid: number;
  instrumentations: { name: string; enabled: boolean; reason: string }[];
  suppressedExceptions: number;
  failedTransformations: number;
  droppedTelemetry: number;
  health: Health;
  inbound: Stats;
}

/** `namespace` is never from the controller. */
export type NodeKind = "service" | "database" | "external" | "outside" | "namespace";

export interface GraphNode {
  id: string;
  kind: NodeKind;
  /** Ids of the services for which this one is drawn; never from the controller. */
  members?: string[];
  namespace: string | null;
  name: string;
  workloads: number;
  connected: number;
  versions: string[];
  mtls: MtlsMode | null;
  health: Health;
}

export interface GraphEdge {
  id: string;
  source: string;
  destination: string;
  protocol: "http" | "grpc" | "sql";
  mtls: "all" | "some" | "none";
  health: Health;
  /** Ids of the lines for which this one is drawn; never from the controller. */
  members?: string[];
  stats: Stats;
  clusters: { cluster: string; requestsTotal: number; requestsPerSecond: number }[];
}

export interface Graph {
  windowSeconds: number;
  nodes: GraphNode[];
  edges: GraphEdge[];
}

export interface TraceSummary {
  traceId: string;
  name: string;
  serviceId: string;
  startedAt: string;
  durationMillis: number;
  spans: number;
  services: string[];
  error: boolean;
  refusedBy: string | null;
}

export interface Span {
  spanId: string;
  parentSpanId: string | null;
  serviceId: string;
  instance: string;
  name: string;
  kind: "SERVER" | "CLIENT" | "INTERNAL" | "PRODUCER" | "CONSUMER";
  startOffsetMicros: number;
  durationMicros: number;
  error: boolean;
  statusMessage: string;
  refusedBy: string | null;
  attributes: Record<string, unknown>;
}

export interface Trace {
  traceId: string;
  startedAt: string;
  durationMillis: number;
  spans: Span[];
}

export type Effect = "refused" | "would-refuse" | "audited";

export interface Refusal {
  effect: Effect;
  at: string;
  policy: string;
  source: string;
  sourceId: string;
  destinationId: string;
  instance: string;
  protocol: string;
  operation: string;
  status: string;
  traceId: string | null;
}

export interface PolicyRefusals {
  effect: Effect;
  policy: string;
  destinationId: string;
  sourceId: string;
  total: number;
  lastAt: string;
}

export interface ResourceRow extends ResourceName {
  plural: string;
  revision: number;
  updatedAt: string;
}

/** One `state` event: everything the pages show, complete in itself. */
export interface Snapshot {
  sequence: number;
  status: Status;
  services: Service[];
  workloads: Workload[];
  graph: Graph;
  traces: TraceSummary[];
  refusals: {
    refusals: Refusal[];
    policies: PolicyRefusals[];
    /** What policies that only look on have seen. */
    observed: { calls: Refusal[]; policies: PolicyRefusals[] };
  };
  resources: ResourceRow[];
}

export interface Series {
  stepSeconds: number;
  start: string;
  requestsPerSecond: number[];
  errorsPerSecond: number[];
  p50Millis: (number | null)[];
  p99Millis: (number | null)[];
}

export interface Onboarding {
  controller: string;
  caFingerprint: string;
  agent: { available: boolean; version: string; bytes: number; sha256: string; url: string };
  commands: { download: string; run: string };
  workloads: number;
}

export interface Token {
  id: string;
  namespace: string;
  service: string;
  expiresAt: string;
  token: string;
  joinString: string;
}

/** A call that is asked about; `headers` by name. */
export interface Question {
  method: string;
  url: string;
  from: string;
  headers: Record<string, string[]>;
}

export interface Candidate {
  name: string;
  taken: boolean;
  why: string;
}

export interface Step {
  stage: string;
  message: string;
  decidedBy: string | null;
  candidates: Candidate[];
}

export interface Verdict {
  kind: "passes-through" | "sent" | "answered" | "refused" | "depends";
  status: number | null;
  grpcStatus: number | null;
  decidedBy: string | null;
  message: string;
}

export interface Explanation {
  call: { method: string; url: string; headers: Record<string, string[]> };
  from: { serviceId: string; identity: string };
  revision: number;
  verdict: Verdict;
  steps: Step[];
  branches: { cluster: string; percent: number; steps: Step[]; verdict: Verdict }[];
}

/** By which real responses tell what the mesh did. */
/** What is decided between two departments. */
export interface DepartmentCell {
  source: string;
  destination: string;
  decision: "open" | "allowed" | "default" | "denied" | "mixed";
  by: string | null;
  dryRun: string | null;
}

export interface Departments {
  departments: { name: string; namespaces: string[] }[];
  cells: DepartmentCell[];
}

/** A resource that would change one cell. */
export interface DepartmentDraft {
  resource: unknown;
  now: DepartmentCell;
  then: DepartmentCell;
}

/** What a draft would have done to the calls of the last minutes. */
export interface Replay {
  minutes: number;
  calls: number;
  changed: number;
  outcomes: { outcome: string; calls: number }[];
}

/** Callers of one service who prove no identity, or one that called without mutual TLS. */
export interface PlaintextCalls {
  /** `outside` if the caller has no agent that reports it. */
  sourceId: string;
  destinationId: string;
  protocol: "http" | "grpc";
  requestsTotal: number;
  requestsPerSecond: number;
  lastAt: string;
  /** Of those outside, as far as there are traces. */
  callers: { address: string; instance: string | null; operation: string; traced: number; lastAt: string }[];
}

export interface MtlsModes {
  since: string;
  services: { id: string; namespace: string; mode: MtlsMode; plaintext: PlaintextCalls[] }[];
}

/** A resource that would change the mode of servers, and who would lose by it. */
export interface MtlsDraft {
  since: string;
  resource: unknown;
  services: { id: string; now: MtlsMode; then: MtlsMode }[];
  cutOff: PlaintextCalls[];
}

/** One side of a split, with what its callers see now. */
export interface SplitBackend {
  name: string;
  host: string;
  subset: string | null;
  weight: number;
  share: number;
  requestsPerSecond: number;
  errorRatio: number | null;
  p99Millis: number | null;
}

export interface RouteSplit {
  resource: ResourceName & { plural: string };
  resourceVersion: string;
  rule: number;
  /** Empty for all calls. */
  matches: string;
  counts: boolean;
  why: string;
  backends: SplitBackend[];
}

export interface Ramp {
  id: string;
  service: string;
  resource: ResourceName;
  rule: number;
  to: string;
  backends: string[];
  steps: number[];
  everySeconds: number;
  guard: { maxErrorShare: number; maxP99Millis: number | null; minCalls: number; fewCalls: "hold" | "rollback" };
  weightsBefore: (number | null)[];
  by: string;
  startedAt: string;
  state: "running" | "paused" | "done" | "rolled-back" | "aborted" | "stopped";
  /** Place among the steps; -1 before the first. */
  step: number;
  percent: number | null;
  stepSince: string;
  /** Why it does not go on though it is time. */
  held: string | null;
  why: string | null;
  endedAt: string | null;
  events: { at: string; revision: number | null; text: string }[];
  ofStep: { calls: number; errors: number; errorShare: number | null; p99Millis: number | null };
}

/** `GET /api/v1/routes/{namespace}/{service}`. */
export interface Route {
  id: string;
  splits: RouteSplit[];
  versions: { version: string; instances: number }[];
  advice: string | null;
  proposal: { kind: string; items: unknown[] } | null;
  ramps: Ramp[];
}

/** What other weights make of a resource. */
export interface WeightsAnswer {
  resourceVersion: string;
  before: unknown;
  after: unknown;
}

export interface TrailToken {
  header: string;
  token: string;
  expiresAt: string;
}

/** An answer of the controller that is not a success, with its own sentence as message. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    message: string,
    /** Of what was sent; null if it is not about one. */
    readonly field: string | null = null,
  ) {
    super(message);
  }
}

/** Reads JSON from the controller; anything but a 2xx answer is an {@link ApiError}. */
export async function read<T>(path: string, signal?: AbortSignal): Promise<T> {
  return answer<T>(await fetch(path, { headers: { accept: "application/json" }, signal: signal ?? null }));
}

/** Writes with the header by which the controller tells its own console from a foreign page. */
export async function write<T>(method: string, path: string, body?: unknown): Promise<T> {
  const headers: Record<string, string> = {
    accept: "application/json",
    "x-endomesh-request": "console",
  };
  if (body !== undefined) headers["content-type"] = "application/json";
  return answer<T>(
    await fetch(path, { method, headers, body: body === undefined ? null : JSON.stringify(body) }),
  );
}

async function answer<T>(response: Response): Promise<T> {
  const text = await response.text();
  if (!response.ok) throw errorOf(response.status, text);
  return (text === "" ? undefined : JSON.parse(text)) as T;
}

function errorOf(status: number, text: string): ApiError {
  try {
    const { error } = JSON.parse(text) as { error?: { message?: string; field?: string } };
    if (error?.message) return new ApiError(status, error.message, error.field ?? null);
  } catch (notJson) {
    // A proxy in between answers with a page of its own; its status is all we can tell.
    console.debug("answer without an error document", notJson);
  }
  return new ApiError(status, `The controller answered ${status}.`);
}
