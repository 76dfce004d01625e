package io.endomesh.controller;

import io.endomesh.controller.access.OidcOptions;
import io.endomesh.controller.access.PublicAddress;
import io.endomesh.controller.ca.AuthoritySource;
import io.endomesh.controller.etcd.EtcdAddress;
import io.endomesh.controller.forward.ForwardOptions;
import io.endomesh.controller.jwks.KeyFetchOptions;
import io.endomesh.controller.seal.KeySource;
import io.endomesh.controller.tap.AccessRecordOptions;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What a controller is started with. Immutable.
 *
 * @param host to bind; on a loopback address plaintext HTTP is served beside TLS
 * @param port to bind, 0 for any free one
 * @param advertisedAddress {@code host:port} that join strings name; null: the bound one
 * @param dataDir where the store, keys and the certificate authority live
 * @param trustDomain of the identities that are issued
 * @param leaseTtl how long a workload whose stream broke is still offered to others
 * @param agentJar the agent that onboarding offers for download; null: none
 * @param loginRequired whether the console asks for a login on a loopback address too
 * @param authority which signs certificates
 * @param workloadTtl how long certificates of workloads are good
 * @param sealedBy what the secrets of the data directory are sealed with; null: they are in clear
 * @param keyFetch from where keys of issuers are fetched
 * @param bundleFetch from where bundles of other trust domains are fetched
 * @param publicAddress where browsers reach the console; null: where it is bound or advertised
 * @param oidc the provider by which people log in; null: there are local accounts only
 * @param plaintextXds whether clients of xDS on this machine are served that prove no identity
 * @param spireBundle file with roots of another authority for workloads of the trust domain; null:
 *     there is none
 * @param forward whom telemetry is sent on to; null: nobody
 * @param drainTimeout how long requests in flight are waited for when it stops
 * @param etcd where the store is; null: in the data directory
 */
public record ControllerOptions(
    String host,
    int port,
    @Nullable String advertisedAddress,
    Path dataDir,
    String trustDomain,
    Duration leaseTtl,
    @Nullable Path agentJar,
    boolean loginRequired,
    AuthoritySource authority,
    Duration workloadTtl,
    @Nullable KeySource sealedBy,
    KeyFetchOptions keyFetch,
    KeyFetchOptions bundleFetch,
    AccessRecordOptions accessRecords,
    @Nullable PublicAddress publicAddress,
    @Nullable OidcOptions oidc,
    boolean plaintextXds,
    @Nullable Path spireBundle,
    @Nullable ForwardOptions forward,
    Duration drainTimeout,
    @Nullable EtcdAddress etcd) {

  public static final String DEFAULT_HOST = "127.0.0.1";

  /** Not assigned by IANA, and free on the machines of the usual tools. */
  public static final int DEFAULT_PORT = 7443;

  public static final String DEFAULT_TRUST_DOMAIN = "endomesh.local";

  /** Three missed heartbeats; see docs/rationale.md. */
  public static final Duration DEFAULT_LEASE_TTL = Duration.ofSeconds(3);

  /**
   * As Istio's: long enough to sleep over a broken controller, short enough to need no revoking.
   */
  public static final Duration DEFAULT_WORKLOAD_TTL = Duration.ofHours(24);

  /** Longer than any request in flight but the largest takes, shorter than supervisors wait. */
  public static final Duration DEFAULT_DRAIN_TIMEOUT = Duration.ofSeconds(5);

  private static final Duration MAX_DRAIN_TIMEOUT = Duration.ofMinutes(10);

  /** A renewal takes part of a second: of less, too few would be left for one that fails. */
  private static final Duration MIN_WORKLOAD_TTL = Duration.ofSeconds(5);

  /**
   * @throws IllegalArgumentException if certificates would be good for too long, or too short, or
   *     stopping would take no time or never end
   */
  public ControllerOptions {
    if (drainTimeout.isNegative() || drainTimeout.compareTo(MAX_DRAIN_TIMEOUT) > 0) {
      throw new IllegalArgumentException(
          "drain-timeout: " + drainTimeout + " (expected: from PT0S to " + MAX_DRAIN_TIMEOUT + ")");
    }
    if (workloadTtl.compareTo(MIN_WORKLOAD_TTL) < 0
        || workloadTtl.compareTo(DEFAULT_WORKLOAD_TTL) > 0) {
      throw new IllegalArgumentException(
          "workload-ttl: "
              + workloadTtl
              + " (expected: from "
              + MIN_WORKLOAD_TTL
              + " to "
              + DEFAULT_WORKLOAD_TTL
              + ")");
    }
  }

  /** What is not said here is at its default: an authority of its own, secrets in clear. */
  public ControllerOptions(
      String host,
      int port,
      @Nullable String advertisedAddress,
      Path dataDir,
      String trustDomain,
      Duration leaseTtl,
      @Nullable Path agentJar,
      boolean loginRequired) {
    this(
        host,
        port,
        advertisedAddress,
        dataDir,
        trustDomain,
        leaseTtl,
        agentJar,
        loginRequired,
        new AuthoritySource.SelfMade(),
        DEFAULT_WORKLOAD_TTL,
        null,
        KeyFetchOptions.DEFAULT,
        KeyFetchOptions.DEFAULT,
        AccessRecordOptions.DEFAULT,
        null,
        null,
        true,
        null,
        null,
        DEFAULT_DRAIN_TIMEOUT,
        null);
  }

  /** The same that signs by another authority. */
  public ControllerOptions signingBy(AuthoritySource other) {
    Draft draft = new Draft(this);
    draft.authority = other;
    return draft.options();
  }

  /** The same that issues certificates of workloads for so long. */
  public ControllerOptions issuingFor(Duration ttl) {
    Draft draft = new Draft(this);
    draft.workloadTtl = ttl;
    return draft.options();
  }

  /** The same with its secrets sealed. */
  public ControllerOptions sealedBy(@Nullable KeySource source) {
    Draft draft = new Draft(this);
    draft.sealedBy = source;
    return draft.options();
  }

  /** The same that fetches keys of issuers from elsewhere. */
  public ControllerOptions fetchingKeys(KeyFetchOptions from) {
    Draft draft = new Draft(this);
    draft.keyFetch = from;
    return draft.options();
  }

  /** The same that fetches bundles of other trust domains from elsewhere. */
  public ControllerOptions fetchingBundles(KeyFetchOptions from) {
    Draft draft = new Draft(this);
    draft.bundleFetch = from;
    return draft.options();
  }

  /** The same that keeps so much of records of calls. */
  public ControllerOptions keepingRecords(AccessRecordOptions kept) {
    Draft draft = new Draft(this);
    draft.accessRecords = kept;
    return draft.options();
  }

  /** The same that browsers reach elsewhere. */
  public ControllerOptions reachedAt(@Nullable PublicAddress address) {
    Draft draft = new Draft(this);
    draft.publicAddress = address;
    return draft.options();
  }

  /** The same that people log in to by a provider. */
  public ControllerOptions loggingInBy(@Nullable OidcOptions provider) {
    Draft draft = new Draft(this);
    draft.oidc = provider;
    return draft.options();
  }

  /** The same for which every client of xDS has to prove an identity, or not. */
  public ControllerOptions servingPlaintextXds(boolean serving) {
    Draft draft = new Draft(this);
    draft.plaintextXds = serving;
    return draft.options();
  }

  /** The same that believes workloads by roots in this file, too. */
  public ControllerOptions believing(@Nullable Path bundle) {
    Draft draft = new Draft(this);
    draft.spireBundle = bundle;
    return draft.options();
  }

  /** The same that sends telemetry on. */
  public ControllerOptions forwardingTo(@Nullable ForwardOptions others) {
    Draft draft = new Draft(this);
    draft.forward = others;
    return draft.options();
  }

  /** The same that waits so long for requests in flight when it stops. */
  public ControllerOptions drainingFor(Duration timeout) {
    Draft draft = new Draft(this);
    draft.drainTimeout = timeout;
    return draft.options();
  }

  /** The same whose store is in etcd. */
  public ControllerOptions storedIn(@Nullable EtcdAddress address) {
    Draft draft = new Draft(this);
    draft.etcd = address;
    return draft.options();
  }

  /** What can be said besides, to be changed one by one. */
  private static final class Draft {
    private final ControllerOptions from;
    private AuthoritySource authority;
    private Duration workloadTtl;
    private @Nullable KeySource sealedBy;
    private KeyFetchOptions keyFetch;
    private KeyFetchOptions bundleFetch;
    private AccessRecordOptions accessRecords;
    private @Nullable PublicAddress publicAddress;
    private @Nullable OidcOptions oidc;
    private boolean plaintextXds;
    private @Nullable Path spireBundle;
    private @Nullable ForwardOptions forward;
    private Duration drainTimeout;
    private @Nullable EtcdAddress etcd;

    Draft(ControllerOptions from) {
      this.from = from;
      this.authority = from.authority;
      this.workloadTtl = from.workloadTtl;
      this.sealedBy = from.sealedBy;
      this.keyFetch = from.keyFetch;
      this.bundleFetch = from.bundleFetch;
      this.accessRecords = from.accessRecords;
      this.publicAddress = from.publicAddress;
      this.oidc = from.oidc;
      this.plaintextXds = from.plaintextXds;
      this.spireBundle = from.spireBundle;
      this.forward = from.forward;
      this.drainTimeout = from.drainTimeout;
      this.etcd = from.etcd;
    }

    ControllerOptions options() {
      return new ControllerOptions(
          from.host,
          from.port,
          from.advertisedAddress,
          from.dataDir,
          from.trustDomain,
          from.leaseTtl,
          from.agentJar,
          from.loginRequired,
          authority,
          workloadTtl,
          sealedBy,
          keyFetch,
          bundleFetch,
          accessRecords,
          publicAddress,
          oidc,
          plaintextXds,
          spireBundle,
          forward,
          drainTimeout,
          etcd);
    }
  }

  /** Everything at its default, on a free loopback port: what tests and embedders begin with. */
  public static ControllerOptions onFreePort(Path dataDir) {
    return new ControllerOptions(
        DEFAULT_HOST, 0, null, dataDir, DEFAULT_TRUST_DOMAIN, DEFAULT_LEASE_TTL, null, false);
  }
}
