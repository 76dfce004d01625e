package io.endomesh.controller;

import io.endomesh.controller.access.OidcOptions;
import io.endomesh.controller.access.PublicAddress;
import io.endomesh.controller.ca.AuthoritySource;
import io.endomesh.controller.jwks.KeyFetchOptions;
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
 * @param keyFetch from where keys of issuers are fetched
 * @param publicAddress where browsers reach the console; null: where it is bound or advertised
 * @param oidc the provider by which people log in; null: there are local accounts only
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
    @Nullable KeySource sealedBy,
    KeyFetchOptions keyFetch,
    @Nullable PublicAddress publicAddress,
    @Nullable OidcOptions oidc) {

  public static final String DEFAULT_HOST = "127.0.0.1";

  /** Not assigned by IANA, and free on the machines of the usual tools. */
  public static final int DEFAULT_PORT = 7443;

  public static final String DEFAULT_TRUST_DOMAIN = "endomesh.local";

  /** Three missed heartbeats; see docs/rationale.md. */
  public static final Duration DEFAULT_LEASE_TTL = Duration.ofSeconds(3);

  /** With an authority of its own, secrets in clear, and keys of issuers from public addresses. */
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
        null,
        KeyFetchOptions.DEFAULT,
        null,
        null);
  }

  /** The same that signs by another authority. */
  public ControllerOptions signingBy(AuthoritySource other) {
    return with(other, sealedBy, keyFetch, publicAddress, oidc);
  }

  /** The same with its secrets sealed. */
  public ControllerOptions sealedBy(@Nullable KeySource source) {
    return with(authority, source, keyFetch, publicAddress, oidc);
  }

  /** The same that fetches keys of issuers from elsewhere. */
  public ControllerOptions fetchingKeys(KeyFetchOptions from) {
    return with(authority, sealedBy, from, publicAddress, oidc);
  }

  /** The same that browsers reach elsewhere. */
  public ControllerOptions reachedAt(@Nullable PublicAddress address) {
    return with(authority, sealedBy, keyFetch, address, oidc);
  }

  /** The same that people log in to by a provider. */
  public ControllerOptions loggingInBy(@Nullable OidcOptions provider) {
    return with(authority, sealedBy, keyFetch, publicAddress, provider);
  }

  private ControllerOptions with(
      AuthoritySource signs,
      @Nullable KeySource seals,
      KeyFetchOptions fetch,
      @Nullable PublicAddress address,
      @Nullable OidcOptions provider) {
    return new ControllerOptions(
        host,
        port,
        advertisedAddress,
        dataDir,
        trustDomain,
        leaseTtl,
        agentJar,
        loginRequired,
        signs,
        seals,
        fetch,
        address,
        provider);
  }

  /** Everything at its default, on a free loopback port: what tests and embedders begin with. */
  public static ControllerOptions onFreePort(Path dataDir) {
    return new ControllerOptions(
        DEFAULT_HOST, 0, null, dataDir, DEFAULT_TRUST_DOMAIN, DEFAULT_LEASE_TTL, null, false);
  }
}
