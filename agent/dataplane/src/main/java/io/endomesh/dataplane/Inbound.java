package io.endomesh.dataplane;

import io.endomesh.dataplane.authorize.Authorization;
import io.endomesh.dataplane.authorize.Policy;
import io.endomesh.dataplane.external.ExternalAuthorization;
import io.endomesh.dataplane.limit.Overload;
import io.endomesh.dataplane.limit.RateLimits;
import io.endomesh.dataplane.route.CorsRules;
import io.endomesh.dataplane.token.RequestAuthentication;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Rules for calls that arrive. Immutable.
 *
 * @param ports by bound port; a port that is not named uses {@code otherPorts}
 */
public record Inbound(Map<Integer, Port> ports, Port otherPorts) {

  /** Plaintext as it always was, everything allowed. */
  public static final Inbound OPEN =
      new Inbound(Map.of(), new Port(TlsMode.DISABLE, Authorization.ALLOW_ALL));

  /** Nobody may call. */
  public static final Inbound CLOSED =
      new Inbound(
          Map.of(),
          new Port(
              TlsMode.DISABLE,
              new Authorization(
                  List.of(), List.of(new Policy("until-configured=refuse", List.of())))));

  /** What a server port takes, as Istio's PeerAuthentication words it. */
  public enum TlsMode {
    /** Plaintext only; bytes are left alone. */
    DISABLE,
    /** Mutual TLS and plaintext on the same port; the first byte tells. */
    PERMISSIVE,
    /** Mutual TLS only. */
    STRICT
  }

  /**
   * Rules of one port.
   *
   * @param authentication whose tokens are taken
   * @param external who is asked besides, before policies decide
   * @param cors what browsers are told
   * @param rateLimits how often it is called
   * @param overload how many calls run at a time; null if any number may
   */
  public record Port(
      TlsMode tlsMode,
      RequestAuthentication authentication,
      ExternalAuthorization external,
      Authorization authorization,
      CorsRules cors,
      RateLimits rateLimits,
      @Nullable Overload overload) {

    public Port(TlsMode tlsMode, Authorization authorization) {
      this(tlsMode, authorization, CorsRules.NONE);
    }

    public Port(TlsMode tlsMode, Authorization authorization, CorsRules cors) {
      this(
          tlsMode,
          RequestAuthentication.NONE,
          ExternalAuthorization.NONE,
          authorization,
          cors,
          RateLimits.NONE,
          null);
    }

    public Port limitedBy(RateLimits limits) {
      return new Port(tlsMode, authentication, external, authorization, cors, limits, overload);
    }

    public Port guardedBy(Overload guard) {
      return new Port(tlsMode, authentication, external, authorization, cors, rateLimits, guard);
    }

    public Port authenticating(RequestAuthentication tokens) {
      return new Port(tlsMode, tokens, external, authorization, cors, rateLimits, overload);
    }

    public Port asking(ExternalAuthorization others) {
      return new Port(tlsMode, authentication, others, authorization, cors, rateLimits, overload);
    }
  }

  public Inbound {
    ports = Map.copyOf(ports);
  }

  public Port port(int localPort) {
    Port port = ports.get(localPort);
    return port == null ? otherPorts : port;
  }
}
