package io.endomesh.controller;

import com.linecorp.armeria.common.SessionProtocol;
import com.linecorp.armeria.common.util.TlsEngineType;
import com.linecorp.armeria.server.Server;
import com.linecorp.armeria.server.ServerBuilder;
import com.linecorp.armeria.server.ServerPort;
import com.linecorp.armeria.server.ServerTlsConfig;
import com.linecorp.armeria.server.ServiceConfig;
import io.endomesh.controller.access.AccessPart;
import io.endomesh.controller.access.OidcLogin;
import io.endomesh.controller.access.OidcOptions;
import io.endomesh.controller.access.PublicAddress;
import io.endomesh.controller.analyze.AnalyzeApi;
import io.endomesh.controller.api.ResourceApi;
import io.endomesh.controller.audit.AuditLog;
import io.endomesh.controller.audit.AuditPart;
import io.endomesh.controller.authz.AuthzApi;
import io.endomesh.controller.authz.MtlsApi;
import io.endomesh.controller.authz.ProvidersApi;
import io.endomesh.controller.ca.CertificateAuthority;
import io.endomesh.controller.ca.CertificatePart;
import io.endomesh.controller.ca.NotIssued;
import io.endomesh.controller.ca.Revocations;
import io.endomesh.controller.ca.SecretFile;
import io.endomesh.controller.ca.ServerCertificates;
import io.endomesh.controller.console.AuthorityApi;
import io.endomesh.controller.console.ConsolePart;
import io.endomesh.controller.explain.ExplainApi;
import io.endomesh.controller.explain.ReplayApi;
import io.endomesh.controller.explain.TrailTokenApi;
import io.endomesh.controller.federation.FederatedBundles;
import io.endomesh.controller.federation.FederationPart;
import io.endomesh.controller.forward.Forwarding;
import io.endomesh.controller.join.JoinIssuers;
import io.endomesh.controller.jwks.IssuerKeys;
import io.endomesh.controller.limit.LimitPart;
import io.endomesh.controller.metrics.MetricsPart;
import io.endomesh.controller.oidc.OpenIdProvider;
import io.endomesh.controller.operations.Diagnostics;
import io.endomesh.controller.operations.Drain;
import io.endomesh.controller.operations.Readiness;
import io.endomesh.controller.ramp.RampPart;
import io.endomesh.controller.registry.Settling;
import io.endomesh.controller.registry.WorkloadRegistry;
import io.endomesh.controller.registry.WorkloadService;
import io.endomesh.controller.seal.Seal;
import io.endomesh.controller.seal.SealedDirectory;
import io.endomesh.controller.store.ResourceStore;
import io.endomesh.controller.store.SqliteResourceStore;
import io.endomesh.controller.telemetry.TelemetryPart;
import io.endomesh.controller.telemetry.TelemetrySink;
import io.endomesh.controller.tokens.AdminToken;
import io.endomesh.controller.tokens.JoinTokens;
import io.endomesh.controller.translate.MeshModelSource;
import io.endomesh.controller.xds.DiscoveryService;
import io.endomesh.controller.xds.XdsServer;
import io.netty.handler.ssl.ClientAuth;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A running controller: one process, one port. Thread-safe. */
public final class Controller implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(Controller.class);

  /** How often time alone is looked at: leases that end, workloads that are awaited no longer. */
  private static final Duration TICK = Duration.ofMillis(200);

  private static final Duration CERTIFICATE_TICK = Duration.ofSeconds(1);

  /** A second of telemetry of a busy agent, or a file of resources, is far below it. */
  private static final long MAX_REQUEST_BYTES = 16L << 20;

  /** A name and a version of each resource that an agent has, as it reconnects: 30,000 of them. */
  private static final int MAX_STREAM_MESSAGE_BYTES = 4 << 20;

  /** As Tomcat and Armeria have it: cookies, a token, and the URL of a call that is explained. */
  private static final int MAX_HEADER_BYTES = 8 << 10;

  /** Streams and reports, and as many questions to the rate limiter as an instance has threads. */
  private static final long MAX_STREAMS = 1_000;

  /**
   * An agent resets a question to the rate limiter that is answered too late, so that a slow moment
   * of ours makes hundreds; who attacks (CVE-2023-44487) makes some ten thousand a second. Netty's
   * own limit is 200 in 30 seconds.
   */
  private static final int MAX_RESETS = 2_000;

  private static final int RESET_WINDOW_SECONDS = 10;

  private final Server server;
  private final ResourceStore store;
  private final ScheduledExecutorService control;
  private final IssuerKeys keys;
  private final FederatedBundles federation;
  private final AccessPart access;
  private final List<ControllerPart> parts;
  private final Path dataDir;
  private final Runnable endStreams;

  private Controller(
      Server server,
      ResourceStore store,
      ScheduledExecutorService control,
      IssuerKeys keys,
      FederatedBundles federation,
      AccessPart access,
      List<ControllerPart> parts,
      Path dataDir,
      Runnable endStreams) {
    this.server = server;
    this.store = store;
    this.control = control;
    this.keys = keys;
    this.federation = federation;
    this.access = access;
    this.parts = parts;
    this.dataDir = dataDir;
    this.endStreams = endStreams;
  }

  /**
   * Starts a controller and returns when it serves.
   *
   * @throws IOException if its data cannot be read or made, or the address cannot be bound
   */
  public static Controller start(ControllerOptions options) throws IOException {
    Clock clock = Clock.systemUTC();
    Path data = Files.createDirectories(options.dataDir());
    Seal seal = SealedDirectory.open(data, options.sealedBy(), SecretFile::writeAsIs).orElse(null);
    if (seal != null) {
      SecretFile.seal(data, seal);
    }
    ResourceStore store = SqliteResourceStore.open(data, clock);
    ScheduledExecutorService control = controlThread();
    try {
      return start(options, data, seal, store, control, clock);
    } catch (IOException e) {
      control.shutdownNow();
      store.close();
      SecretFile.forgetSeal(data);
      throw e;
    }
  }

  private static Controller start(
      ControllerOptions options,
      Path data,
      @Nullable Seal seal,
      ResourceStore store,
      ScheduledExecutorService control,
      Clock clock)
      throws IOException {
    Revocations revocations = new Revocations(store, clock);
    CertificateAuthority authority =
        CertificateAuthority.open(
            data,
            options.authority(),
            options.spireBundle(),
            revocations,
            options.trustDomain(),
            options.workloadTtl(),
            clock);
    WorkloadRegistry registry = new WorkloadRegistry(options.leaseTtl(), System::nanoTime, clock);
    Settling settling = new Settling(store, System::nanoTime);
    IssuerKeys keys = new IssuerKeys(store, options.keyFetch(), clock);
    FederatedBundles federation = new FederatedBundles(store, options.bundleFetch(), clock);
    MeshModelSource source =
        new MeshModelSource(
            store,
            registry,
            settling,
            options.trustDomain(),
            control,
            System::nanoTime,
            keys::of,
            federation::of);
    keys.watch(source::refresh);
    federation.watch(source::refresh);
    XdsServer xds = new XdsServer(source.model(), registry, authority::bundle, clock);
    LimitPart limits = new LimitPart(options.trustDomain(), System::nanoTime);
    limits.publish(source.model());
    // First: whoever is told of a limit finds it here.
    source.watch(limits::publish);
    source.watch(xds::publish);
    authority.watch(() -> control.execute(() -> xds.publish(source.model())));
    ScheduledFuture<?> ticks =
        control.scheduleWithFixedDelay(
            new Ticks(registry, settling, source, authority),
            TICK.toMillis(),
            TICK.toMillis(),
            TimeUnit.MILLISECONDS);
    InetSocketAddress[] bound = new InetSocketAddress[1];
    ControllerContext context =
        new ControllerContext(
            options,
            store,
            registry,
            source::current,
            xds,
            authority,
            () -> bound[0],
            clock,
            clock.instant());
    JoinTokens tokens = new JoinTokens(store, clock);
    Forwarding forwarding = options.forward() == null ? null : new Forwarding(options.forward());
    TelemetryPart telemetry =
        new TelemetryPart(
            options.trustDomain(),
            clock,
            instance ->
                registry
                    .find(instance)
                    .map(workload -> workload.labels().get("version"))
                    .orElse(null),
            forwarding == null ? TelemetrySink.NONE : forwarding);
    AuditLog audit = new AuditLog(store, clock);
    InetAddress host = InetAddress.getByName(options.host());
    List<String> names = names(options, host);
    AccessPart access =
        new AccessPart(
            store,
            AdminToken.open(data),
            seal,
            audit,
            hosts(names, options.publicAddress()),
            options.trustDomain(),
            // Who reaches more than this machine is reached through more than it: by forwarded
            // ports, proxies, other containers, which all come from a loopback address.
            options.loginRequired() || options.oidc() != null || !host.isLoopbackAddress(),
            options.publicAddress(),
            oidc(options, host, () -> bound[0]),
            clock,
            System::nanoTime);
    RampPart ramps = new RampPart(context, telemetry);
    control.scheduleWithFixedDelay(
        ramps::tick, TICK.toMillis(), TICK.toMillis(), TimeUnit.MILLISECONDS);
    ResourceApi resources = new ResourceApi(context);
    resources.observe();
    Drain drain = new Drain();
    WorkloadService joins = new WorkloadService(registry, settling, authority);
    Readiness readiness =
        new Readiness(
            () -> store.fact("readiness") != null,
            () -> settling.isOver(registry.workloads()),
            () -> !drain.hasBegun());
    source.watch(model -> resources.observe());
    List<ControllerPart> parts =
        List.of(
            new CertificatePart(
                authority, revocations, tokens, new JoinIssuers(source::current, clock), audit),
            limits,
            telemetry,
            new MetricsPart(context, telemetry, xds::counts),
            resources,
            new ExplainApi(context),
            new TrailTokenApi(context, audit),
            new AuthorityApi(context, audit),
            new FederationPart(context, federation, audit),
            new ReplayApi(context, telemetry),
            new AnalyzeApi(context, telemetry),
            new AuthzApi(context),
            new ProvidersApi(context, keys),
            new MtlsApi(context, telemetry),
            ramps,
            access,
            new AuditPart(audit),
            readiness,
            new Diagnostics(context, readiness),
            new ConsolePart(
                context, telemetry, tokens, access, () -> keys.answers() + federation.answers()));

    ServerCertificates certificates;
    try {
      certificates = new ServerCertificates(authority, names, clock);
    } catch (NotIssued e) {
      keys.close();
      access.close();
      federation.close();
      telemetry.close();
      throw new IOException(e.getMessage(), e);
    }
    control.scheduleWithFixedDelay(
        // Not by handshakes alone: one that comes late would be shown what has ended.
        () -> certificates.keyPair(""),
        CERTIFICATE_TICK.toMillis(),
        CERTIFICATE_TICK.toMillis(),
        TimeUnit.MILLISECONDS);
    ServerBuilder builder = server(options, certificates, host);
    builder.service(
        ControllerPart.grpc()
            .addService(new DiscoveryService(xds, options.trustDomain(), options.plaintextXds()))
            .addService(joins)
            .maxRequestMessageLength(MAX_STREAM_MESSAGE_BYTES)
            .build(),
        next ->
            (ctx, request) -> {
              // Streams live as long as the agents.
              ctx.clearRequestTimeout();
              ctx.setMaxRequestLength(0);
              return next.serve(ctx, request);
            });
    builder.decorator(new ClientCertificates(authority).decorator());
    parts.forEach(part -> part.addTo(builder));
    // Last, so outermost: what is refused while it drains costs nothing else.
    builder.decorator(drain);
    Server server = builder.build();
    try {
      server.start().join();
    } catch (CompletionException e) {
      keys.close();
      access.close();
      federation.close();
      telemetry.close();
      Throwable cause = e.getCause() == null ? e : e.getCause();
      throw new IOException(
          options.host() + ":" + options.port() + ": cannot be bound: " + cause.getMessage(),
          cause);
    }
    settling.reachable();
    bound[0] = server.activePorts().keySet().iterator().next();
    log.info("serving on {}, data in {}", bound[0], options.dataDir().toAbsolutePath());
    return new Controller(
        server,
        store,
        control,
        keys,
        federation,
        access,
        parts,
        data,
        () -> {
          // Before streams end: these are the workloads the next start waits for.
          ticks.cancel(false);
          settling.remember(registry.workloads());
          drain.begin();
          parts.forEach(ControllerPart::drain);
          joins.drain();
          xds.drain();
        });
  }

  /** That was bound. */
  public InetSocketAddress address() {
    return server.activePorts().keySet().iterator().next();
  }

  /** A login link that is good once, for ten minutes: for who runs the controller. */
  public String newLoginPath() {
    return access.newLoginPath();
  }

  /** A link that makes the first account, good once; empty if there are accounts. */
  public Optional<String> newSetupPath() {
    return access.newSetupPath();
  }

  /**
   * All that is served, by method and Armeria's pattern of the path: {@code GET /api/v1/status}.
   */
  public List<String> routes() {
    return server.serviceConfigs().stream()
        .map(ServiceConfig::route)
        .flatMap(route -> route.methods().stream().map(m -> m + " " + route.patternString()))
        .toList();
  }

  @Override
  public void close() {
    endStreams.run();
    // What is in flight may change the configuration yet.
    server.stop().join();
    control.shutdownNow();
    keys.close();
    federation.close();
    parts.forEach(ControllerPart::close);
    store.close();
    SecretFile.forgetSeal(dataDir);
  }

  private static ServerBuilder server(
      ControllerOptions options, ServerCertificates certificates, InetAddress address) {
    InetSocketAddress socket = new InetSocketAddress(address, options.port());
    ServerBuilder builder = Server.builder();
    builder.port(
        address.isLoopbackAddress()
            // Plaintext never leaves the machine: a browser on it needs no trust in the mesh's
            // root.
            ? new ServerPort(socket, SessionProtocol.HTTP, SessionProtocol.HTTPS)
            : new ServerPort(socket, SessionProtocol.HTTPS));
    // Browsers have no certificate. One that is shown is verified in the handshake, and by
    // ClientCertificates at each request; what is for workloads asks CallerIdentity who called.
    builder.tlsProvider(
        certificates, ServerTlsConfig.builder().clientAuth(ClientAuth.OPTIONAL).build());
    // BoringSSL, which Netty brings, believes no certificate with a key of Ed25519.
    builder.tlsEngineType(TlsEngineType.JDK);
    limit(builder);
    builder.maxRequestLength(MAX_REQUEST_BYTES);
    builder.requestTimeout(Duration.ofSeconds(30));
    // Streams are ended before: waiting is for requests in flight only.
    builder.gracefulShutdownTimeout(Duration.ZERO, options.drainTimeout());
    builder.bossGroupFactory(Acceptor::named);
    return builder;
  }

  /** What somebody may do who has proved nothing yet. */
  private static void limit(ServerBuilder builder) {
    Visitors visitors = new Visitors(System::nanoTime);
    builder.childChannelPipelineCustomizer(visitors::meet);
    builder.decorator(visitors);
    builder.maxNumConnections(Visitors.MAX_CONNECTIONS);
    // Visitors ends what is idle, also where bytes come that make no request.
    builder.idleTimeoutMillis(0);
    builder.http2MaxResetFramesPerWindow(MAX_RESETS, RESET_WINDOW_SECONDS);
    builder.http2MaxStreamsPerConnection(MAX_STREAMS);
    builder.http2MaxHeaderListSize(MAX_HEADER_BYTES);
    builder.http1MaxHeaderSize(MAX_HEADER_BYTES);
    builder.http1MaxInitialLineLength(MAX_HEADER_BYTES);
  }

  private static List<String> names(ControllerOptions options, InetAddress address)
      throws IOException {
    List<String> names = new ArrayList<>(List.of("localhost", "127.0.0.1"));
    if (!address.isAnyLocalAddress()) {
      names.add(address.getHostAddress());
    }
    String advertised = options.advertisedAddress();
    if (advertised != null) {
      int colon = advertised.lastIndexOf(':');
      names.add(colon < 0 ? advertised : advertised.substring(0, colon));
    }
    if (!address.isLoopbackAddress()) {
      names.add(InetAddress.getLocalHost().getHostName());
    }
    return List.copyOf(new java.util.LinkedHashSet<>(names));
  }

  private static Set<String> hosts(List<String> names, @Nullable PublicAddress address) {
    Set<String> hosts = new HashSet<>(names);
    if (address != null) {
      hosts.add(address.host());
    }
    return hosts;
  }

  private static OidcLogin.@Nullable Setup oidc(
      ControllerOptions options, InetAddress host, Supplier<InetSocketAddress> bound)
      throws IOException {
    OidcOptions oidc = options.oidc();
    if (oidc == null) {
      return null;
    }
    Supplier<PublicAddress> address =
        PublicAddress.of(options.publicAddress(), options.advertisedAddress(), host, bound);
    return new OidcLogin.Setup(
        new OpenIdProvider(oidc.provider(), options.keyFetch().authorities(), System::nanoTime),
        oidc,
        address);
  }

  private static ScheduledExecutorService controlThread() {
    return Executors.newSingleThreadScheduledExecutor(
        task -> {
          Thread thread = new Thread(task, "endomesh-control");
          thread.setDaemon(true);
          return thread;
        });
  }
}
