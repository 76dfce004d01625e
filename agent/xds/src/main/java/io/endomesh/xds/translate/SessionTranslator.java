package io.endomesh.xds.translate;

import com.google.protobuf.Any;
import com.google.protobuf.Duration;
import io.endomesh.dataplane.route.SessionPersistence;
import io.envoyproxy.envoy.extensions.filters.http.stateful_session.v3.StatefulSession;
import io.envoyproxy.envoy.extensions.filters.http.stateful_session.v3.StatefulSessionPerRoute;
import io.envoyproxy.envoy.extensions.http.stateful_session.cookie.v3.CookieBasedSessionState;
import io.envoyproxy.envoy.extensions.http.stateful_session.header.v3.HeaderBasedSessionState;
import io.envoyproxy.envoy.type.http.v3.Cookie;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** StatefulSessionPerRoute to {@link SessionPersistence}. Stateless. */
final class SessionTranslator {

  private static final String COOKIE =
      "envoy.extensions.http.stateful_session.cookie.v3.CookieBasedSessionState";
  private static final String HEADER =
      "envoy.extensions.http.stateful_session.header.v3.HeaderBasedSessionState";

  private SessionTranslator() {}

  /** Null if there are to be no sessions. */
  static @Nullable SessionPersistence translate(String field, StatefulSessionPerRoute message)
      throws InvalidResource {
    StatefulSession session = message.getStatefulSession();
    if (message.getDisabled() || !session.hasSessionState()) {
      return null;
    }
    Messages.unsupported(field + ".strict", session.getStrict());
    String of = field + ".session_state";
    Any state = session.getSessionState().getTypedConfig();
    if (Messages.is(state, COOKIE)) {
      Cookie cookie =
          Messages.unpack(of, state, COOKIE, CookieBasedSessionState.parser()).getCookie();
      return cookie(of + ".cookie", cookie.getName(), cookie.getPath(), cookie.getTtl());
    }
    if (Messages.is(state, HEADER)) {
      String name = Messages.unpack(of, state, HEADER, HeaderBasedSessionState.parser()).getName();
      return new SessionPersistence(
          SessionPersistence.Type.HEADER,
          name(of + ".name", name).toLowerCase(Locale.ROOT),
          /* lifetimeSeconds= */ 0);
    }
    throw new InvalidResource(
        of + ": " + state.getTypeUrl() + " (expected: " + COOKIE + " or " + HEADER + ")");
  }

  /** A session in a cookie that is sent to the whole site. */
  static SessionPersistence cookie(String field, String name, String path, Duration ttl)
      throws InvalidResource {
    if (!path.isEmpty() && !path.equals("/")) {
      throw new InvalidResource(field + ".path: " + path + " (expected: none or /)");
    }
    long nanos = Messages.nanos(field + ".ttl", ttl);
    long seconds = TimeUnit.NANOSECONDS.toSeconds(nanos);
    // Rounded up: 0 would mean until the application ends its session.
    boolean whole = TimeUnit.SECONDS.toNanos(seconds) == nanos;
    return new SessionPersistence(
        SessionPersistence.Type.COOKIE, name(field + ".name", name), whole ? seconds : seconds + 1);
  }

  private static String name(String field, String name) throws InvalidResource {
    if (!HeaderTranslator.isToken(name)) {
      throw new InvalidResource(field + ": '" + name + "' (expected: a token of RFC 9110)");
    }
    return name;
  }
}
