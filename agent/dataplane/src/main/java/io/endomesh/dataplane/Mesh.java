package io.endomesh.dataplane;

import io.endomesh.dataplane.access.AccessRecords;
import io.endomesh.dataplane.database.DatabaseLoad;
import io.endomesh.dataplane.database.DatabasePolicy;
import io.endomesh.dataplane.identity.Identity;
import io.endomesh.dataplane.identity.ServerTls;
import io.endomesh.dataplane.route.VirtualHost;
import io.endomesh.dataplane.trail.Trail;
import io.endomesh.dataplane.trail.TrailTokens;
import java.time.Clock;
import java.time.Duration;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The mesh as one workload of this JVM has it: where instrumentations ask, and where configuration
 * is published. Most JVMs are one workload. Thread-safe; the request path reads one volatile field
 * and takes no lock.
 */
public final class Mesh {

  private final Workload workload;
  private final LongSupplier nanoTime;
  private final Clock clock;
  private final InboundPipeline inbound = new InboundPipeline();
  private final ConcurrentMap<String, DatabaseLoad> databaseLoads = new ConcurrentHashMap<>();
  private final TrailTokens trailTokens;

  private final AccessRecords records;

  /** What calls carry that are made for no served call; {@link CallContext#EMPTY} in most JVMs. */
  private final CallContext unserved;

  /** Served calls that have begun and not ended. */
  private final LongAdder serving = new LongAdder();

  /** Served calls that policies are asked about again. */
  private final Set<InboundCall> lasting = ConcurrentHashMap.newKeySet();

  private volatile Snapshot snapshot = Snapshot.EMPTY;
  private volatile Discovery discovery = Discovery.NONE;
  private volatile CallObserver observer = CallObserver.NONE;
  private volatile Listeners listeners = Listeners.NONE;
  private volatile Consumer<RuntimeException> failures = failure -> {};
  private volatile @Nullable SharedPorts shared;
  private volatile ForeignHeaders foreignHeaders = ForeignHeaders.DEFAULT;
  private volatile @Nullable Duration maxConnectionAge = ConnectionAge.DEFAULT;
  private volatile @Nullable ConnectionAge connectionAge;

  public Mesh(Workload workload) {
    this(workload, System::nanoTime, Clock.systemUTC());
  }

  /** With clocks of the caller's choice, for tests. */
  public Mesh(Workload workload, LongSupplier nanoTime, Clock clock) {
    this(workload, nanoTime, clock, /* ofApplication= */ false);
  }

  private Mesh(Workload workload, LongSupplier nanoTime, Clock clock, boolean ofApplication) {
    this.workload = workload;
    this.nanoTime = nanoTime;
    this.clock = clock;
    this.trailTokens = new TrailTokens(nanoTime.getAsLong());
    this.records = new AccessRecords(workload.service() + "." + workload.namespace());
    this.unserved = ofApplication ? CallContext.EMPTY.of(this) : CallContext.EMPTY;
  }

  /** Of one of several applications of this JVM: what they begin must be told apart later, too. */
  public static Mesh ofApplication(Workload workload) {
    return new Mesh(workload, System::nanoTime, Clock.systemUTC(), /* ofApplication= */ true);
  }

  /**
   * Begins an outgoing call.
   *
   * @return null if the host is not in the mesh: the library goes on as if the mesh were not there
   */
  public @Nullable Call call(OutboundRequest request) {
    Snapshot now = snapshot;
    VirtualHost host = now.hosts().get(request.authority());
    if (host == null) {
      host = learn(request.authority());
      if (host == null) {
        return null;
      }
      now = snapshot;
    }
    return new Call(this, now, host, request, nanoTime.getAsLong(), context());
  }

  /**
   * Begins a call that {@link #call}, or its first decision, failed for, where the library cannot
   * make it as if the mesh were not there: it goes to its host all the same, by no rules.
   *
   * @param own what the mesh failed by; it is told here
   */
  public Call passThrough(OutboundRequest request, RuntimeException own) {
    failed(own);
    return new Call(
        this, snapshot, PassThrough.to(request), request, nanoTime.getAsLong(), context());
  }

  /** The current context of this thread, for what this workload begins. */
  public CallContext context() {
    CallContext current = CallContext.current();
    return current == CallContext.EMPTY ? unserved : current;
  }

  /** True if calls to this authority go through the mesh; asks the controller if not known yet. */
  public boolean knows(String authority) {
    return snapshot.hosts().containsKey(authority) || learn(authority) != null;
  }

  /**
   * Begins a call that arrived. Never null; {@link InboundCall#refusal} tells if it may go on. Our
   * own failure never lets in who may not come: then nothing but that is decided.
   */
  public InboundCall serve(InboundRequest request) {
    Snapshot now = snapshot;
    try {
      return inbound.serve(this, now, request);
    } catch (RuntimeException own) {
      failed(own);
      return inbound.bare(this, now, request);
    }
  }

  /** How many calls are being served at this moment, those of the application's own included. */
  public long callsBeingServed() {
    return serving.sum();
  }

  void serves() {
    serving.increment();
  }

  void served() {
    serving.decrement();
  }

  /** Null unless who sent the request asks to be told what is done, and may. */
  @Nullable Trail trail(InboundRequest request) {
    String asked = request.header(Trail.HEADER);
    return asked == null
        ? null
        : trailTokens.trail(asked, workload, identity(), clock.instant(), nanoTime());
  }

  /**
   * Begins the execution of a statement. Observed whether or not the mesh knows the database;
   * {@link DatabaseCall#refusal} tells if it may go on. Returns when that is decided: the policy of
   * the database may delay it, or have it wait for others to end.
   *
   * @param batchSize statements sent in one go; 1 if this is no batch
   */
  public DatabaseCall statement(Database database, SqlStatement statement, int batchSize) {
    return new DatabaseCall(this, database, policy(database), statement, batchSize).decided();
  }

  /**
   * True if {@link #statement} may take a while, because a policy delays statements, or lets them
   * wait for others. For libraries whose threads must not wait.
   */
  public boolean mayWait(Database database) {
    DatabasePolicy policy = policy(database);
    return policy != null && policy.mayWait();
  }

  /**
   * What this workload has in flight at a database. As with clusters it belongs to the name; there
   * are as many as there are databases whose policy counts.
   *
   * @param service {@code orders-db.shop}
   */
  DatabaseLoad databaseLoad(String service) {
    DatabaseLoad known = databaseLoads.get(service);
    return known != null
        ? known
        : databaseLoads.computeIfAbsent(service, name -> new DatabaseLoad());
  }

  /** As it is now: connections outlive snapshots, and what holds for them is the newest. */
  private @Nullable DatabasePolicy policy(Database database) {
    String authority = database.authority();
    if (authority == null) {
      return null;
    }
    VirtualHost host = snapshot.hosts().get(authority);
    if (host == null) {
      host = learn(authority);
    }
    return host == null ? null : host.database();
  }

  /**
   * What a server port of this workload does with a new connection. Read it per connection: policy
   * and certificate change while the port stays open.
   */
  public ServerTls serverTls(int localPort) {
    SharedPorts ports = shared;
    if (ports != null) {
      return ports.tls(localPort);
    }
    Snapshot now = snapshot;
    return ServerTls.of(now.inbound().port(localPort).tlsMode(), now.identity());
  }

  /** A server of this workload bound a port. The mesh offers it to others from now on. */
  public void listening(int port, Protocol protocol) {
    listeners.bound(port, protocol);
  }

  /** A server of this workload closed a port. */
  public void notListening(int port) {
    listeners.closed(port);
  }

  public Workload workload() {
    return workload;
  }

  public Snapshot snapshot() {
    return snapshot;
  }

  public @Nullable Identity identity() {
    return snapshot.identity();
  }

  /** The time of day, for certificates; replaced in tests. */
  public Clock clock() {
    return clock;
  }

  /** Replaces the configuration, whole. One publisher at a time. */
  public void publish(Snapshot next) {
    Identity before = snapshot.identity();
    Identity renewed = next.identity();
    snapshot = next;
    if (before != null && renewed != null && !renewed.chain().equals(before.chain())) {
      connectionAge = ConnectionAge.after(renewed, maxConnectionAge, nanoTime());
    }
    for (InboundCall call : lasting) {
      try {
        call.askAgain();
      } catch (RuntimeException ofOneCall) {
        // The configuration is published, and the other calls are asked about.
      }
    }
  }

  /**
   * How long after a renewal connections go on that began with the certificate before.
   *
   * @param limit null if as long as they like
   */
  public void maxConnectionAgeAfterRenewal(@Nullable Duration limit) {
    maxConnectionAge = limit;
  }

  /** True if the connection is to end behind the answer. */
  boolean isLastOfConnection(InboundRequest request, long nowNanos) {
    ConnectionAge age = connectionAge;
    if (age == null || nowNanos - age.fromNanos() < 0) {
      return false;
    }
    Identity mine = identity();
    return mine != null && age.isOver(request.peer(), mine, nowNanos);
  }

  Set<InboundCall> lasting() {
    return lasting;
  }

  public void discovery(Discovery discovery) {
    this.discovery = discovery;
  }

  public void observer(CallObserver observer) {
    this.observer = new GuardedObserver(observer, records, this::failed);
  }

  /** Of the calls that end, for who looks; after {@link #observer} was called. */
  public AccessRecords records() {
    return records;
  }

  /** Who is told what went wrong in the mesh itself and was kept from a call. */
  public void failures(Consumer<RuntimeException> told) {
    failures = told;
  }

  void failed(RuntimeException own) {
    failures.accept(own);
  }

  public void listeners(Listeners listeners) {
    this.listeners = listeners;
  }

  void share(SharedPorts ports) {
    shared = ports;
  }

  /** What callers that prove nothing may tell of others. */
  public void foreignHeaders(ForeignHeaders headers) {
    this.foreignHeaders = headers;
  }

  ForeignHeaders foreignHeaders() {
    return foreignHeaders;
  }

  CallObserver observer() {
    return observer;
  }

  OutboundPipeline outbound() {
    return Outbound.PIPELINE;
  }

  /** Loaded with the first call, not with the agent: each of its stages is a generated class. */
  private static final class Outbound {
    static final OutboundPipeline PIPELINE = new OutboundPipeline();
  }

  /** The clock that all nanoseconds of the data plane are on. */
  public long nanoTime() {
    return nanoTime.getAsLong();
  }

  /** The same as one object, for those who may have to look again. */
  LongSupplier nanoClock() {
    return nanoTime;
  }

  private @Nullable VirtualHost learn(String authority) {
    String lowerCase = authority.toLowerCase(Locale.ROOT);
    VirtualHost known = snapshot.hosts().get(lowerCase);
    return known != null ? known : discovery.lookup(lowerCase);
  }

  /** Told which ports the servers of this workload really bound. Thread-safe, must not block. */
  public interface Listeners {

    Listeners NONE =
        new Listeners() {
          @Override
          public void bound(int port, Protocol protocol) {}

          @Override
          public void closed(int port) {}
        };

    void bound(int port, Protocol protocol);

    void closed(int port);
  }
}
