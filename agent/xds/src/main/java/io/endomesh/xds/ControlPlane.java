package io.endomesh.xds;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import io.endomesh.dataplane.Discovery;
import io.endomesh.dataplane.Inbound;
import io.endomesh.dataplane.Mesh;
import io.endomesh.dataplane.Protocol;
import io.endomesh.dataplane.Snapshot;
import io.endomesh.dataplane.Workload;
import io.endomesh.dataplane.cluster.Locality;
import io.endomesh.dataplane.identity.Identity;
import io.endomesh.dataplane.identity.SpiffeId;
import io.endomesh.dataplane.identity.TrustBundle;
import io.endomesh.dataplane.route.VirtualHost;
import io.endomesh.proto.v1.ControllerMessage;
import io.endomesh.xds.ads.AdsClient;
import io.endomesh.xds.ads.Dns;
import io.endomesh.xds.ads.HostDiscovery;
import io.endomesh.xds.http2.GrpcStatus;
import io.endomesh.xds.http2.GrpcStream;
import io.endomesh.xds.http2.Http2Client;
import io.endomesh.xds.http2.Http2Connection;
import io.endomesh.xds.http2.HttpAnswer;
import io.endomesh.xds.identity.ControllerTrust;
import io.endomesh.xds.identity.Credentials;
import io.endomesh.xds.join.Proof;
import io.endomesh.xds.join.Registrar;
import io.endomesh.xds.remote.RemoteServers;
import io.endomesh.xds.runtime.Backoff;
import io.endomesh.xds.runtime.ControlThread;
import io.endomesh.xds.runtime.Log;
import io.endomesh.xds.spiffe.EndpointSocket;
import io.endomesh.xds.state.StateDirectory;
import io.envoyproxy.envoy.config.core.v3.Node;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryResponse;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The connection to the controller, for as long as the agent runs: comes up, is lost, comes back.
 * What arrives is published to the {@link Mesh}; what the workload has to say is sent. All of it
 * happens on one control thread; the public methods are thread-safe and do not block.
 */
public final class ControlPlane implements AutoCloseable, Mesh.Listeners {

  private static final String ADS =
      "/envoy.service.discovery.v3.AggregatedDiscoveryService/DeltaAggregatedResources";

  private static final String JOIN = "/endomesh.v1.WorkloadService/Join";

  /** {@code Node.user_agent_name}: by it the controller knows that all it serves is understood. */
  private static final String USER_AGENT = "endomesh-agent";

  /**
   * How long the first calls wait for a first connection. An idle machine needs one second for it,
   * two cores on which five services start at once need eight (measured); a call that does not wait
   * fails, because no DNS knows its host. A controller that refuses, or is silent for a connect
   * timeout, ends the wait sooner.
   */
  private static final long CONNECT_WINDOW_NANOS = Duration.ofSeconds(10).toNanos();

  /** Reading two files takes milliseconds; a disk that hangs must not hang the application. */
  private static final long RESTORE_NANOS = Duration.ofSeconds(2).toNanos();

  /** Changes come in bursts; the disk needs only the last. */
  private static final long SAVE_DELAY_NANOS = Duration.ofMillis(200).toNanos();

  /** A port is offered to others when its rules are known, or after this if they do not come. */
  private static final long RULES_PATIENCE_NANOS = Duration.ofSeconds(2).toNanos();

  /** How soon a certificate that was replaced in its file is used. */
  private static final long FILES_NANOS = Duration.ofSeconds(1).toNanos();

  private static final long POST_TIMEOUT_NANOS = Duration.ofSeconds(5).toNanos();

  private final ControlPlaneSettings settings;
  private final Mesh mesh;
  private final Log log;
  private final ControlThread serial;
  private final Http2Client http;
  private final StateDirectory state;
  private final RemoteServers servers;
  private final AdsClient ads;
  private final Registrar registrar;
  private final HostDiscovery discovery;
  private final CertificateSource certificates;

  /** The rules of ports of which the controller has not said any, as the mesh began with. */
  private final Inbound.Port untilConfigured;

  private final Backoff backoff = new Backoff(new SplittableRandom());

  /** Ports that were bound and are not offered yet. */
  private final Map<Integer, Protocol> unoffered = new LinkedHashMap<>();

  private volatile @Nullable Http2Connection connection;
  private @Nullable GrpcStream joinStream;
  private Runnable goodbyeHeard = () -> {};
  private @Nullable Credentials credentials;
  private @Nullable TrustBundle bundle;
  private @Nullable Identity identity;
  private Proof proof = Proof.NONE;

  /** Why there is no TLS to servers outside the mesh. */
  private List<String> fileProblems = List.of();

  private long published;
  private boolean savePending;
  private boolean complained;
  private boolean closed;

  /** What the controller could be shown is not there: to be connected to once it is. */
  private boolean awaitsIdentity;

  /** Closed by ourselves, to come back at once with another certificate. */
  private @Nullable Http2Connection leaving;

  private ControlPlane(ControlPlaneSettings settings, Mesh mesh) {
    this.settings = settings;
    this.mesh = mesh;
    this.untilConfigured = mesh.snapshot().inbound().otherPorts();
    this.log = settings.log();
    this.serial = new ControlThread(log);
    this.http = new Http2Client(log);
    this.state =
        new StateDirectory(
            settings.stateDir(),
            settings.join().controller(),
            settings.join().token(),
            settings.workload(),
            settings.keepsCredentials() && settings.workloadApi() == null,
            log);
    this.servers = new RemoteServers(() -> connection, http, serial, mesh::nanoTime, log);
    this.ads =
        new AdsClient(
            node(settings),
            serial,
            log,
            Dns.ofJdk(),
            mesh::nanoTime,
            servers::limits,
            servers::checks,
            new Changes());
    this.certificates = source(settings);
    this.registrar =
        new Registrar(
            settings.about(),
            serial,
            settings.health(),
            this::proof,
            () -> fileProblems,
            mesh.records());
    this.discovery =
        new HostDiscovery(
            mesh,
            System::nanoTime,
            CONNECT_WINDOW_NANOS,
            settings.discoveryTimeout().toNanos(),
            serial,
            host -> serial.execute(() -> ads.subscribe(host)),
            host -> serial.execute(() -> ads.unsubscribe(host)));
  }

  private CertificateSource source(ControlPlaneSettings settings) {
    JoinString join = settings.join();
    Workload workload = settings.workload();
    EndpointSocket workloadApi = settings.workloadApi();
    if (workloadApi != null) {
      return new SvidKeeper(
          workloadApi,
          SpiffeId.of(join.trustDomain(), workload.namespace(), workload.service()),
          http,
          serial,
          Clock.systemUTC(),
          log,
          this::issuedByOthers,
          this::noIdentity);
    }
    return new CertificateKeeper(
        new CertificateOrders(join, workload, settings.key(), serial, this::trusted),
        serial,
        state,
        Clock.systemUTC(),
        new SplittableRandom(),
        log,
        this::issued,
        this::channel);
  }

  /** Begins to connect, and returns at once. */
  public static ControlPlane start(ControlPlaneSettings settings, Mesh mesh) {
    ControlPlane started = new ControlPlane(settings, mesh);
    CountDownLatch restored = new CountDownLatch(1);
    started.serial.execute(
        () -> {
          started.restore();
          restored.countDown();
          started.watchFiles();
          started.connect();
        });
    try {
      // Reads two files: with them the first call needs no controller.
      restored.await(RESTORE_NANOS, TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return started;
  }

  /** Answers for hosts that are not in the snapshot. */
  public Discovery discovery() {
    return discovery;
  }

  /** Sends a request over the connection; fails at once if there is none. */
  public CompletableFuture<Integer> post(String path, String contentType, byte[] body) {
    Http2Connection open = connection;
    if (open == null || !open.isOpen()) {
      return CompletableFuture.failedFuture(new IOException("no connection to the controller"));
    }
    return open.post(path, contentType, body, POST_TIMEOUT_NANOS).thenApply(HttpAnswer::status);
  }

  @Override
  public void bound(int port, Protocol protocol) {
    serial.execute(
        () -> {
          unoffered.put(port, protocol);
          ads.bound(port);
          offerPorts(mesh.snapshot().inbound());
          serial.schedule(() -> offer(port), RULES_PATIENCE_NANOS);
        });
  }

  @Override
  public void closed(int port) {
    serial.execute(
        () -> {
          unoffered.remove(port);
          registrar.closed(port);
          ads.closed(port);
        });
  }

  /**
   * Callers are to go elsewhere from now on; who comes all the same is served by the same rules.
   *
   * @return true, soon, if some had been told to come here and are told otherwise now
   */
  public CompletableFuture<Boolean> withdraw() {
    CompletableFuture<Boolean> told = new CompletableFuture<>();
    serial.execute(() -> told.complete(registrar.withdraw()));
    return told;
  }

  /** Says goodbye, as long as that takes no longer than {@code patience}. */
  public void close(Duration patience) throws InterruptedException {
    CountDownLatch said = new CountDownLatch(1);
    serial.execute(
        () -> {
          closed = true;
          servers.close();
          if (savePending) {
            state.write(ads.stored());
          }
          GrpcStream join = joinStream;
          if (join == null) {
            said.countDown();
            return;
          }
          // The controller ends the stream when it has heard us: a connection that is closed at
          // once may take the goodbye with it.
          goodbyeHeard = said::countDown;
          registrar.goodbye("shutdown");
          join.halfClose();
        });
    said.await(patience.toNanos(), TimeUnit.NANOSECONDS);
    Http2Connection open = connection;
    if (open != null) {
      open.close();
    }
    http.close();
    serial.close();
  }

  @Override
  public void close() {
    try {
      close(Duration.ofSeconds(1));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void restore() {
    certificates.restore();
    ads.restore(state.readResources());
  }

  private void connect() {
    if (closed) {
      return;
    }
    JoinString join = settings.join();
    certificates.connecting();
    awaitsIdentity = !certificates.mayConnect();
    if (awaitsIdentity) {
      return;
    }
    try {
      http.connect(
          join.host(),
          join.port(),
          ControllerTrust.context(join.rootFingerprint(), trusted(), certificates.proof()),
          serial,
          new Link(certificates.proof() != null));
    } catch (GeneralSecurityException e) {
      lost("TLS cannot be set up: " + e.getMessage());
    }
  }

  private void connected(Http2Connection open, boolean identified) {
    if (!identified) {
      // The token is good for a certificate and for nothing else; the rest needs who we are.
      certificates.ask(open::unary, problem -> notIssued(problem, open), /* done= */ open::close);
      return;
    }
    connection = open;
    GrpcStream discoveryStream = open.open(ADS, Map.of(), new AdsStream(open));
    ads.connected(request -> discoveryStream.send(request.toByteArray()));
    GrpcStream join = open.open(JOIN, Map.of(), new JoinStream(open));
    joinStream = join;
    registrar.connected(message -> join.send(message.toByteArray()));
    discovery.connected();
    certificates.connected();
  }

  private void notIssued(String problem, Http2Connection open) {
    if (certificates.keepOutdated()) {
      log.warn(
          "the join token is not taken: "
              + problem
              + "; going on with the certificate of the one"
              + " before");
      open.close();
    } else {
      lost("no certificate: " + problem, open);
    }
  }

  /** A new certificate: what is made from it is published, and the first one opens the streams. */
  private void issued(Credentials fresh) {
    Credentials before = credentials;
    credentials = fresh;
    if (!identify()) {
      credentials = before;
      return;
    }
    publish();
  }

  /** Of the Workload API. The controller is to see the one that is good for longest. */
  private void issuedByOthers(Credentials fresh) {
    issued(fresh);
    if (awaitsIdentity) {
      awaitsIdentity = false;
      connect();
    } else {
      proveAnew();
    }
  }

  /** Whoever waits for a first connection waits in vain for now. */
  private void noIdentity() {
    if (awaitsIdentity) {
      discovery.unreachable();
    }
  }

  /** Null if there is no connection on which we are known by our certificate. */
  private CertificateOrders.@Nullable Channel channel() {
    Http2Connection open = connection;
    return open == null ? null : open::unary;
  }

  private Proof proof() {
    return proof.renewing(certificates.begin(), certificates.problem());
  }

  /** Whose word is taken may have changed; then TLS is made anew, for the calls that begin then. */
  private void trustChanged() {
    TrustBundle now = ads.bundle();
    if (!Objects.equals(now, bundle)) {
      bundle = now;
      identify();
    }
  }

  /** False if that cannot be done, which leaves everything as it was. */
  private boolean identify() {
    Credentials mine = credentials;
    if (mine == null) {
      return true;
    }
    try {
      Identity made =
          mine.identity(settings.workloadApi() == null ? bundle : SvidKeeper.joined(bundle, mine));
      proof = Proof.of(made);
      identity = made;
      return true;
    } catch (GeneralSecurityException e) {
      log.warn("the certificate cannot be used: " + e.getMessage() + "; keeping the one before");
      return false;
    }
  }

  /** The roots that the mesh told us of. */
  private List<X509Certificate> trusted() {
    TrustBundle now = bundle;
    if (now == null) {
      return List.of();
    }
    return settings.workloadApi() == null
        ? now.roots()
        : SvidKeeper.ofController(now.roots(), credentials);
  }

  private void watchFiles() {
    if (!closed) {
      serial.schedule(this::watchFiles, FILES_NANOS);
      if (ads.usesFiles()) {
        lookAtFiles();
        servers.use(ads.servers(), identity);
      }
    }
  }

  private void lookAtFiles() {
    List<String> problems = ads.lookAtFiles(Instant.now());
    if (!problems.equals(fileProblems)) {
      problems.stream().filter(problem -> !fileProblems.contains(problem)).forEach(log::warn);
      if (problems.isEmpty()) {
        log.info("the files of TLS to servers outside the mesh can be used");
      }
      fileProblems = problems;
    }
  }

  private void publish() {
    // Before calls are told of them: the first one finds them read.
    lookAtFiles();
    Map<String, VirtualHost> hosts = ads.hosts();
    Inbound inbound = ads.inbound(untilConfigured);
    servers.use(ads.servers(), identity);
    mesh.publish(new Snapshot(++published, hosts, inbound, identity));
    discovery.asksForAddresses(ads.restrictsEgress());
    discovery.published(hosts.keySet());
    offerPorts(inbound);
  }

  /** Offered only when its rules are in force: nobody is to call a port that does not obey yet. */
  private void offerPorts(Inbound inbound) {
    for (Integer port : List.copyOf(unoffered.keySet())) {
      if (inbound.ports().containsKey(port)) {
        offer(port);
      }
    }
  }

  private void offer(int port) {
    Protocol protocol = unoffered.remove(port);
    if (protocol != null) {
      registrar.bound(port, protocol);
    }
  }

  private void save() {
    if (!savePending) {
      savePending = true;
      serial.schedule(
          () -> {
            savePending = false;
            state.write(ads.stored());
          },
          SAVE_DELAY_NANOS);
    }
  }

  private void lost(String why, Http2Connection open) {
    open.close();
    if (open != leaving) {
      complain(why);
    }
  }

  private void lost(String why) {
    complain(why);
    reconnect(backoff.nextNanos());
  }

  private void reconnect(long delayNanos) {
    connection = null;
    joinStream = null;
    ads.disconnected();
    registrar.disconnected();
    serial.schedule(this::connect, delayNanos);
  }

  private void refused(GrpcStatus status) {
    if (status.code() == GrpcStatus.UNAUTHENTICATED) {
      certificates.forget();
    }
  }

  /** Once a loss: a controller that is away for a night is one line, not ten thousand. */
  private void complain(String why) {
    certificates.disconnected(why);
    if (!complained && !closed) {
      complained = true;
      log.warn(
          "controller "
              + settings.join().controller()
              + ": "
              + why
              + "; going on with what is known, and trying again");
    }
  }

  private void answered() {
    backoff.reset();
    if (complained) {
      complained = false;
      log.info("controller " + settings.join().controller() + " is back");
    }
  }

  private void received(ControllerMessage message) {
    if (message.hasRenew()) {
      var within = message.getRenew().getWithin();
      certificates.renewWithin(
          within.getSeconds() * 1_000_000_000 + within.getNanos(), this::proveAnew);
    }
    registrar.received(message);
  }

  /** The connection was begun with a certificate that will soon prove nothing. */
  private void proveAnew() {
    Http2Connection open = connection;
    if (open != null) {
      leaving = open;
      open.close();
    }
  }

  private static String unreadable(String what, byte[] message) {
    return "it sent "
        + message.length
        + " bytes that are no "
        + what
        + " (expected: a controller of the agent's version, and nothing in between that changes"
        + " what it says)";
  }

  private static Node node(ControlPlaneSettings settings) {
    Workload workload = settings.workload();
    Struct.Builder metadata =
        Struct.newBuilder()
            .putFields("NAMESPACE", text(workload.namespace()))
            .putFields("SERVICE", text(workload.service()));
    Locality locality = Locality.of(workload.labels());
    return Node.newBuilder()
        .setLocality(
            io.envoyproxy.envoy.config.core.v3.Locality.newBuilder()
                .setRegion(locality.region())
                .setZone(locality.zone())
                .setSubZone(locality.subZone()))
        .setId(workload.instance())
        .setUserAgentName(USER_AGENT)
        .setUserAgentVersion(settings.about().agentVersion())
        .setMetadata(metadata)
        .build();
  }

  private static Value text(String value) {
    return Value.newBuilder().setStringValue(value).build();
  }

  /** What follows from the controller's answers. */
  private final class Changes implements AdsClient.Listener {
    @Override
    public void changed() {
      trustChanged();
      publish();
      save();
    }

    @Override
    public boolean canLiveWith(List<X509Certificate> roots) {
      return credentials == null
          || settings.workloadApi() != null
          || credentials.isVouchedForBy(roots);
    }

    @Override
    public void unknown(String authority) {
      discovery.unknown(authority);
    }
  }

  /** One connection. */
  private final class Link implements Http2Connection.Listener {

    private final boolean identified;
    private boolean refused = true;
    private @Nullable Http2Connection mine;

    Link(boolean identified) {
      this.identified = identified;
    }

    @Override
    public void ready(Http2Connection open) {
      refused = false;
      mine = open;
      if (closed) {
        open.close();
        return;
      }
      connected(open, identified);
    }

    @Override
    public void closed(@Nullable Throwable cause) {
      if (closed) {
        goodbyeHeard.run();
        return;
      }
      if (mine != null && mine == leaving || !identified && certificates.proof() != null) {
        // Closed by ourselves, to come back with the certificate that there is now.
        reconnect(0);
        return;
      }
      discovery.unreachable();
      lost(
          cause == null
              ? "the connection was closed"
              : (refused ? "cannot be reached (" : "the connection broke (") + reason(cause) + ")");
    }

    private String reason(Throwable cause) {
      Throwable root = cause;
      while (root.getCause() != null) {
        root = root.getCause();
      }
      return root.getMessage() == null ? root.toString() : root.getMessage();
    }
  }

  private final class AdsStream implements GrpcStream.Listener {

    private final Http2Connection open;

    AdsStream(Http2Connection open) {
      this.open = open;
    }

    @Override
    public void message(byte[] message) {
      try {
        DeltaDiscoveryResponse response = DeltaDiscoveryResponse.parseFrom(message);
        answered();
        ads.received(response);
      } catch (InvalidProtocolBufferException e) {
        lost(unreadable("DeltaDiscoveryResponse", message), open);
      }
    }

    @Override
    public void ended(GrpcStatus status) {
      refused(status);
      lost("the configuration stream ended: " + status, open);
    }
  }

  private final class JoinStream implements GrpcStream.Listener {

    private final Http2Connection open;

    JoinStream(Http2Connection open) {
      this.open = open;
    }

    @Override
    public void message(byte[] message) {
      try {
        received(ControllerMessage.parseFrom(message));
      } catch (InvalidProtocolBufferException e) {
        lost(unreadable("ControllerMessage", message), open);
      }
    }

    @Override
    public void ended(GrpcStatus status) {
      goodbyeHeard.run();
      refused(status);
      lost("the registration ended: " + status, open);
    }
  }
}
