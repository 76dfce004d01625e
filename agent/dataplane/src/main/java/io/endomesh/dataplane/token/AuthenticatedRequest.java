package io.endomesh.dataplane.token;

import io.endomesh.dataplane.InboundRequest;
import io.endomesh.dataplane.Protocol;
import io.endomesh.dataplane.Reply;
import io.endomesh.dataplane.identity.Peer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A request at a port that looks at tokens: the server's own, and what its token says. Not
 * thread-safe.
 */
public final class AuthenticatedRequest implements InboundRequest {

  private final InboundRequest request;

  /** When the request came: a stream lasts longer than the token that it began with. */
  private final long begun;

  private RequestAuthentication.@Nullable Presented presented;
  private Issuer.@Nullable Accepted accepted;
  private boolean isRead;
  private Claims claims = Claims.NONE;

  /**
   * @param now seconds since the epoch
   */
  public AuthenticatedRequest(InboundRequest request, long now) {
    this.request = request;
    this.begun = now;
  }

  /** What the server made. */
  public InboundRequest request() {
    return request;
  }

  /**
   * Looks at the token as these rules have it. Asked again by other rules, it is the token that was
   * there at the begin.
   *
   * @return the refusal, or null
   */
  public @Nullable Reply authenticate(RequestAuthentication rules) {
    claims = Claims.NONE;
    if (rules.isEmpty()) {
      return null;
    }
    try {
      if (!isRead) {
        presented = rules.presented(request);
        isRead = true;
      }
      if (presented == null) {
        claims = Claims.ABSENT;
        return rules.isRequired() ? refused(MISSING, "there is no token", rules.policy()) : null;
      }
      accepted = rules.verify(presented, begun);
      claims = accepted.claims();
      return null;
    } catch (InvalidToken invalid) {
      String policy = invalid.policy();
      return refused(
          INVALID,
          "the token is not accepted: " + invalid.getMessage(),
          policy == null ? rules.policy() : policy);
    } catch (RuntimeException undecided) {
      // Fails closed. Of its message nothing is told: it may hold a part of the token.
      return refused(
          INVALID,
          "the token cannot be looked at: " + undecided.getClass().getSimpleName(),
          rules.policy());
    }
  }

  /**
   * Before the application runs: it sees the token only if the rules say so.
   *
   * @return a refusal if it cannot be taken out, null otherwise
   */
  public @Nullable Reply hideToken() {
    if (presented != null
        && accepted != null
        && !accepted.issuer().keepsToken()
        && presented.place() instanceof Place.Header header) {
      try {
        request.removeHeader(header.name());
      } catch (RuntimeException shown) {
        return refused(
            INVALID,
            "the token cannot be taken out: " + shown.getClass().getSimpleName(),
            accepted.issuer().policy());
      }
    }
    return null;
  }

  /** RFC 6750, 3: why is told to the operator only. */
  private static final String INVALID = "Bearer error=\"invalid_token\"";

  private static final String MISSING = "Bearer";

  /** RFC 9110, 15.5.2. */
  private static Reply refused(String challenge, String message, String policy) {
    return new Reply(
        401,
        Reply.GRPC_UNAUTHENTICATED,
        message,
        policy,
        List.of(new Reply.Header("www-authenticate", challenge)));
  }

  @Override
  public Claims claims() {
    return claims;
  }

  @Override
  public String path() {
    return request.path();
  }

  @Override
  public List<String> peerIdentities() {
    return request.peerIdentities();
  }

  @Override
  public Peer peer() {
    return request.peer();
  }

  @Override
  public @Nullable String remoteAddress() {
    return request.remoteAddress();
  }

  @Override
  public int localPort() {
    return request.localPort();
  }

  @Override
  public Iterable<String> headerNames() {
    return request.headerNames();
  }

  @Override
  public void setHeader(String name, String value) {
    request.setHeader(name, value);
  }

  @Override
  public void removeHeader(String name) {
    request.removeHeader(name);
  }

  @Override
  public Protocol protocol() {
    return request.protocol();
  }

  @Override
  public String authority() {
    return request.authority();
  }

  @Override
  public String scheme() {
    return request.scheme();
  }

  @Override
  public String method() {
    return request.method();
  }

  @Override
  public @Nullable String query() {
    return request.query();
  }

  @Override
  public @Nullable String header(String name) {
    return request.header(name);
  }

  @Override
  public boolean replayable() {
    return request.replayable();
  }
}
