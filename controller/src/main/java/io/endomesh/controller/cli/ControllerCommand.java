package io.endomesh.controller.cli;

import io.endomesh.controller.Controller;
import io.endomesh.controller.ControllerOptions;
import io.endomesh.controller.access.PublicAddress;
import io.endomesh.controller.jwks.KeyFetchOptions;
import io.endomesh.controller.operations.ControllerLog;
import io.endomesh.controller.tap.AccessRecordOptions;
import io.endomesh.dataplane.authorize.AddressRange;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

@Command(
    name = "controller",
    mixinStandardHelpOptions = true,
    description = "Runs a controller until it is stopped.",
    subcommands = {SealCommand.class, AdminTokenCommand.class},
    footer = {
      "",
      "On a loopback address every process of this machine is its administrator, without a login,"
          + " unless",
      "--login is given; and plaintext HTTP is served beside TLS. On any other address there is"
          + " TLS",
      "only, and a login. The first start prints a link, good once, that makes the first account.",
      "",
      "  endomesh controller",
      "  endomesh controller --bind 0.0.0.0 --advertise mesh.example:7443",
      "  endomesh controller --store=etcd://a,b,c --etcd-ca=etcd.pem"
          + " --seal-key-file=/run/keys/mesh",
      "  endomesh controller --ca-cert=issuing.pem --ca-key=issuing.key --ca-chain=roots.pem",
      "  endomesh controller --ca-pkcs11=token.cfg --ca-pin-file=pin --ca-chain=roots.pem",
      "  endomesh controller --ca-command=/usr/local/bin/mesh-sign --ca-root=roots.pem"
    })
final class ControllerCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Option(
      names = "--bind",
      paramLabel = "ADDRESS",
      description = "address to listen on (default: ${DEFAULT-VALUE})")
  private String bind = ControllerOptions.DEFAULT_HOST;

  @Option(
      names = "--port",
      description = "port to listen on, 0 for a free one (default: ${DEFAULT-VALUE})")
  private int port = ControllerOptions.DEFAULT_PORT;

  @Option(
      names = "--advertise",
      paramLabel = "HOST:PORT",
      description = "where agents and browsers reach it (default: what it is bound to)")
  private @Nullable String advertise;

  @Mixin private DataDirectory directory = new DataDirectory();

  @Option(
      names = "--store",
      paramLabel = "URL",
      description =
          "etcd://HOST[:PORT][,HOST[:PORT]…][/PREFIX]; one controller is active there, others stand"
              + " by (default: SQLite in the data directory)")
  private @Nullable String store;

  @Mixin private StoreOptions etcd = new StoreOptions();

  @Option(
      names = "--trust-domain",
      description = "of the identities it issues (default: ${DEFAULT-VALUE})")
  private String trustDomain = ControllerOptions.DEFAULT_TRUST_DOMAIN;

  @Option(
      names = "--lease-ttl",
      paramLabel = "DURATION",
      description =
          "how long a workload whose connection broke is still offered (ISO 8601, default:"
              + " ${DEFAULT-VALUE})")
  private Duration leaseTtl = ControllerOptions.DEFAULT_LEASE_TTL;

  @Option(
      names = "--agent-jar",
      paramLabel = "FILE",
      description = "agent that the console offers for download")
  private @Nullable Path agentJar;

  @Option(
      names = "--login",
      description =
          "ask for a login on a loopback address too; else each process there is administrator")
  private boolean login;

  /** Whether those clients of xDS are served that prove nothing. */
  enum PlaintextXds {
    on,
    off
  }

  @Option(
      names = "--plaintext-xds",
      description =
          "on a loopback address, whether gRPC's own clients and Envoy are served the configuration"
              + " without a certificate: ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE})")
  private PlaintextXds plaintextXds = PlaintextXds.on;

  @Option(
      names = "--workload-ttl",
      paramLabel = "DURATION",
      description =
          "how long certificates of workloads are good, at most a day; they are renewed at half of"
              + " it (ISO 8601, default: ${DEFAULT-VALUE})")
  private Duration workloadTtl = ControllerOptions.DEFAULT_WORKLOAD_TTL;

  @Mixin private BroughtAuthority authority = new BroughtAuthority();

  @Option(
      names = "--spire-bundle",
      paramLabel = "FILE",
      description =
          "root certificates (PEM) of a SPIRE server for the same trust domain: its workloads join"
              + " by the identity that it gave them; read again when it changes")
  private @Nullable Path spireBundle;

  @Option(
      names = "--jwks-allow",
      paramLabel = "RANGE",
      split = ",",
      description =
          "addresses that keys of issuers may be fetched from though they are not public, such as"
              + " 10.0.0.0/8")
  private List<String> keysFrom = List.of();

  @Option(
      names = "--jwks-ca",
      paramLabel = "FILE",
      description = "certificates of authorities that issuers are trusted by, besides the JDK's")
  private @Nullable Path keysAuthorities;

  @Option(
      names = "--jwks-refresh",
      paramLabel = "DURATION",
      description = "how often keys of issuers are fetched (ISO 8601, default: ${DEFAULT-VALUE})")
  private Duration keysRefresh = KeyFetchOptions.DEFAULT_REFRESH;

  @Option(
      names = "--access-records-memory",
      paramLabel = "MB",
      description =
          "memory for records of calls that were tapped, for 15 minutes at most; 0 keeps none"
              + " (default: ${DEFAULT-VALUE})")
  private int accessRecordsMemory = AccessRecordOptions.DEFAULT_MEGABYTES;

  @Option(
      names = "--access-records-share",
      paramLabel = "0..1",
      description =
          "share of the calls of all workloads whose records are kept there though nobody taps"
              + " (default: ${DEFAULT-VALUE})")
  private double accessRecordsShare;

  @Option(
      names = "--public-url",
      paramLabel = "URL",
      description =
          "where browsers reach the console, such as https://mesh.example, if that is not what is"
              + " advertised or bound")
  private @Nullable String publicUrl;

  @Option(
      names = "--drain-timeout",
      paramLabel = "DURATION",
      description =
          "how long requests in flight are waited for when it is stopped (ISO 8601, default:"
              + " ${DEFAULT-VALUE})")
  private Duration drainTimeout = ControllerOptions.DEFAULT_DRAIN_TIMEOUT;

  @Option(
      names = "--log-format",
      description = "of standard error: ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE})")
  private ControllerLog.Format logFormat = ControllerLog.Format.HUMAN;

  @Option(
      names = "--log-level",
      description = "${COMPLETION-CANDIDATES} (default: ENDOMESH_LOG_LEVEL, or INFO)")
  private ControllerLog.@Nullable Verbosity logLevel;

  @Mixin private ProviderLogin provider = new ProviderLogin();

  @Mixin private TelemetryForwarding forwarding = new TelemetryForwarding();

  private @Nullable PublicAddress publicAddress() {
    try {
      return publicUrl == null ? null : PublicAddress.parse(publicUrl);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()));
    }
  }

  private KeyFetchOptions keyFetch() {
    try {
      return new KeyFetchOptions(
          keysFrom.stream().map(AddressRange::parse).toList(), keysAuthorities, keysRefresh);
    } catch (IllegalArgumentException e) {
      throw new CommandFailed(Exit.FAILED, "--jwks-allow: " + e.getMessage());
    }
  }

  @Option(
      names = "--federation-allow",
      paramLabel = "RANGE",
      split = ",",
      description =
          "addresses that bundles of other trust domains may be fetched from though they are not"
              + " public, such as 10.0.0.0/8")
  private List<String> bundlesFrom = List.of();

  @Option(
      names = "--federation-ca",
      paramLabel = "FILE",
      description =
          "certificates of authorities that bundle endpoints of profile https_web are trusted by,"
              + " besides the JDK's")
  private @Nullable Path bundlesAuthorities;

  private KeyFetchOptions bundleFetch() {
    try {
      return new KeyFetchOptions(
          bundlesFrom.stream().map(AddressRange::parse).toList(),
          bundlesAuthorities,
          KeyFetchOptions.DEFAULT_REFRESH);
    } catch (IllegalArgumentException e) {
      throw new CommandFailed(Exit.FAILED, "--federation-allow: " + e.getMessage());
    }
  }

  @Override
  public Integer call() {
    ControllerLog.configure(logFormat, logLevel);
    ControllerOptions options =
        new ControllerOptions(
                bind, port, advertise, directory.path(), trustDomain, leaseTtl, agentJar, login)
            .signingBy(authority.source())
            .believing(spireBundle)
            .sealedBy(directory.sealedBy())
            .fetchingKeys(keyFetch())
            .fetchingBundles(bundleFetch())
            .reachedAt(publicAddress())
            .loggingInBy(provider.options())
            .forwardingTo(forwarding.options())
            .servingPlaintextXds(plaintextXds == PlaintextXds.on)
            .storedIn(etcd.addressOrNull(store));
    try {
      options =
          options
              .issuingFor(workloadTtl)
              .drainingFor(drainTimeout)
              .keepingRecords(new AccessRecordOptions(accessRecordsMemory, accessRecordsShare));
    } catch (IllegalArgumentException e) {
      throw new CommandFailed(Exit.USAGE, "--" + e.getMessage());
    }
    try (Controller controller = Controller.start(options)) {
      Runtime.getRuntime().addShutdownHook(new Thread(controller::close, "endomesh-stop"));
      greet(controller, options);
      throw new CommandFailed(Exit.FAILED, controller.lost().get());
    } catch (ExecutionException e) {
      throw new IllegalStateException(e);
    } catch (IOException e) {
      throw new CommandFailed(Exit.FAILED, "the controller does not start: " + e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Exit.OK.code();
    }
  }

  private void greet(Controller controller, ControllerOptions options) {
    InetSocketAddress bound = controller.address();
    boolean loopback = bound.getAddress().isLoopbackAddress();
    String host = bound.getAddress().getHostAddress();
    String address =
        !loopback && advertise != null
            ? advertise
            : (host.contains(":") ? "[" + host + "]" : host) + ":" + bound.getPort();
    var out = spec.commandLine().getOut();
    PublicAddress known = options.publicAddress();
    String console =
        known == null ? (loopback ? "http" : "https") + "://" + address : known.url().toString();
    out.println("Endomesh console  " + console + "/");
    if (!loopback || login || options.oidc() != null) {
      controller
          .newSetupPath()
          .ifPresentOrElse(
              path ->
                  out.println("First account     " + console + path + " (good once, for a day)"),
              () -> out.println("Login             " + console + "/login"));
    }
    out.flush();
  }
}
