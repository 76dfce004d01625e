package io.endomesh.controller;

import io.endomesh.controller.ca.AuthoritySource;
import io.endomesh.controller.seal.KeySource;
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
 * @param sealedBy what the secrets of the data directory are sealed with; null: they are in clear
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
    @Nullable KeySource sealedBy) {

  /** With an authority of its own, and secrets in clear. */
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
        null);
  }

  public static final String DEFAULT_HOST = "127.0.0.1";

  /** Not assigned by IANA, and free on the machines of the usual tools. */
  public static final int DEFAULT_PORT = 7443;

  public static final String DEFAULT_TRUST_DOMAIN = "endomesh.local";

  /** Three missed heartbeats; see docs/rationale.md. */
  public static final Duration DEFAULT_LEASE_TTL = Duration.ofSeconds(3);

  /** Everything at its default, on a free loopback port: what tests and embedders begin with. */
  public static ControllerOptions onFreePort(Path dataDir) {
    return new ControllerOptions(
        DEFAULT_HOST, 0, null, dataDir, DEFAULT_TRUST_DOMAIN, DEFAULT_LEASE_TTL, null, false);
  }
}
