package io.endomesh.controller.access;

import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.RequestHeaders;
import com.linecorp.armeria.server.ServiceRequestContext;
import io.endomesh.controller.tokens.AdminToken;
import io.netty.util.AsciiString;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Tells by what a request carries who makes it. Thread-safe. */
final class Authentication {

  private static final String BEARER = "Bearer ";

  private static final AsciiString[] PROXY_HEADERS = {
    AsciiString.cached("forwarded"), AsciiString.cached("x-forwarded-for")
  };

  private final Users users;
  private final Sessions sessions;
  private final ApiTokens tokens;
  private final AdminToken adminToken;
  private final boolean loginRequired;

  /**
   * @param loginRequired whether being on this machine is not enough
   */
  Authentication(
      Users users,
      Sessions sessions,
      ApiTokens tokens,
      AdminToken adminToken,
      boolean loginRequired) {
    this.users = users;
    this.sessions = sessions;
    this.tokens = tokens;
    this.adminToken = adminToken;
    this.loginRequired = loginRequired;
  }

  /** Null for nobody: nothing is proved, or what should prove it is not good. */
  @Nullable Caller caller(ServiceRequestContext context, RequestHeaders headers) {
    String authorization = headers.get(HttpHeaderNames.AUTHORIZATION);
    if (authorization != null) {
      // Who shows a token is who it says, or nobody: a wrong one must not be read as none.
      return authorization.startsWith(BEARER)
          ? byToken(authorization.substring(BEARER.length()).trim())
          : null;
    }
    String session = Access.session(headers);
    Caller known = session == null ? null : bySession(session);
    if (known != null) {
      return known;
    }
    return isLocalAdministrator(context, headers) ? Caller.LOOPBACK : null;
  }

  /** The secret of the session that a request shows, however it does; it may be over. */
  static @Nullable String sessionOf(RequestHeaders headers) {
    String authorization = headers.get(HttpHeaderNames.AUTHORIZATION);
    return authorization == null
        ? Access.session(headers)
        : authorization.substring(Math.min(BEARER.length(), authorization.length())).trim();
  }

  private @Nullable Caller byToken(String token) {
    if (token.startsWith(Sessions.PREFIX)) {
      return bySession(token);
    }
    if (token.startsWith(ApiTokens.PREFIX)) {
      return tokens.authenticate(token).map(this::caller).orElse(null);
    }
    return adminToken.matches(token) ? Caller.ADMIN_TOKEN : null;
  }

  private @Nullable Caller bySession(String secret) {
    return sessions.subject(secret).flatMap(this::caller).orElse(null);
  }

  /** Empty if the user was changed or removed since. */
  Optional<Caller> caller(Sessions.Subject subject) {
    return switch (subject.kind()) {
      case USER ->
          users
              .find(subject.name())
              .filter(user -> user.version() == subject.version())
              .map(user -> new Caller(Caller.Kind.USER, user.name(), user.grants()));
      case OIDC ->
          Optional.ofNullable(subject.guest())
              .map(guest -> new Caller(Caller.Kind.OIDC, subject.name(), guest.role().grants()));
      case LOOPBACK -> loginRequired ? Optional.empty() : Optional.of(Caller.LOOPBACK);
      case ADMIN_TOKEN -> Optional.of(Caller.ADMIN_TOKEN);
      case API_TOKEN, NOBODY -> Optional.empty();
    };
  }

  private @Nullable Caller caller(ApiToken token) {
    Grants owner =
        switch (token.ownerKind()) {
          case USER -> users.find(token.owner()).map(User::grants).orElse(Grants.NONE);
          case LOOPBACK, ADMIN_TOKEN -> Grants.EVERYTHING;
          case OIDC, API_TOKEN, NOBODY -> Grants.NONE;
        };
    return new Caller(
        Caller.Kind.API_TOKEN, Caller.TOKEN_PREFIX + token.id(), token.scopes().within(owner));
  }

  private boolean isLocalAdministrator(ServiceRequestContext context, RequestHeaders headers) {
    return !loginRequired
        && context.remoteAddress().getAddress().isLoopbackAddress()
        && !isForwarded(headers);
  }

  /** A reverse proxy on this machine brings requests from anywhere. */
  private static boolean isForwarded(RequestHeaders headers) {
    for (AsciiString header : PROXY_HEADERS) {
      if (headers.contains(header)) {
        return true;
      }
    }
    return false;
  }
}
