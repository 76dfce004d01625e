package io.endomesh.controller.console;

import com.linecorp.armeria.common.Cookie;
import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.RequestHeaders;
import com.linecorp.armeria.server.DecoratingHttpServiceFunction;
import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.ServiceRequestContext;
import io.endomesh.controller.tokens.AdminToken;
import io.netty.util.AsciiString;
import io.netty.util.AttributeKey;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Stands in front of the API: lets in who may use it, and notes who that is. Thread-safe.
 *
 * <p>A browser carries the cookie of a session along with requests that any other page makes. So a
 * write needs a header that only our own page can add, and an {@code Origin} that is ours.
 */
public final class Access implements DecoratingHttpServiceFunction {

  static final String SESSION_COOKIE = "endomesh_session";

  static final String ADMIN = "admin";

  static final String LOOPBACK = "loopback";

  /** Set by the console's page and the command line on every write. */
  static final AsciiString WRITE_HEADER = AsciiString.cached("x-endomesh-request");

  private static final AsciiString FETCH_SITE = AsciiString.cached("sec-fetch-site");

  private static final AsciiString[] PROXY_HEADERS = {
    AsciiString.cached("forwarded"), AsciiString.cached("x-forwarded-for")
  };

  private static final Set<HttpMethod> READS =
      Set.of(HttpMethod.GET, HttpMethod.HEAD, HttpMethod.OPTIONS);

  private static final String BEARER = "Bearer ";

  private static final AttributeKey<String> USER = AttributeKey.valueOf(Access.class, "USER");

  private final Logins logins;
  private final AdminToken adminToken;
  private final Hosts hosts;
  private final boolean loginOnLoopback;

  Access(Logins logins, AdminToken adminToken, Hosts hosts, boolean loginOnLoopback) {
    this.logins = logins;
    this.adminToken = adminToken;
    this.hosts = hosts;
    this.loginOnLoopback = loginOnLoopback;
  }

  /** Who makes this request: for the history. */
  public static String user(ServiceRequestContext context) {
    String user = context.attr(USER);
    return user == null ? "unknown" : user;
  }

  @Override
  public HttpResponse serve(HttpService next, ServiceRequestContext context, HttpRequest request)
      throws Exception {
    RequestHeaders headers = request.headers();
    if (!hosts.allows(headers.authority())) {
      return ApiErrors.response(
          HttpStatus.FORBIDDEN,
          "forbidden",
          "host: '"
              + headers.authority()
              + "' (expected: an IP address, localhost, or the name in --advertise)");
    }
    String authorization = headers.get(HttpHeaderNames.AUTHORIZATION);
    if (authorization != null) {
      if (!authorization.startsWith(BEARER)
          || !adminToken.matches(authorization.substring(BEARER.length()).trim())) {
        return ApiErrors.response(
            HttpStatus.UNAUTHORIZED,
            "unauthenticated",
            "authorization: not the admin token of this controller (expected: the content of"
                + " 'admin-token' in its data directory)");
      }
      return serveAs(ADMIN, next, context, request);
    }
    String user = userWithoutToken(context, headers);
    if (user == null) {
      return ApiErrors.response(
          HttpStatus.UNAUTHORIZED,
          "unauthenticated",
          "no session (expected: a login; `endomesh dashboard` on the controller's machine makes a"
              + " link)");
    }
    if (!READS.contains(request.method()) && !isOurPage(headers)) {
      return ApiErrors.response(
          HttpStatus.FORBIDDEN,
          "forbidden",
          "this write may come from another site's page (expected: header x-endomesh-request, and"
              + " an Origin of this console)");
    }
    return serveAs(user, next, context, request);
  }

  private static HttpResponse serveAs(
      String user, HttpService next, ServiceRequestContext context, HttpRequest request)
      throws Exception {
    context.setAttr(USER, user);
    return next.serve(context, request);
  }

  /** Whether somebody without a token must log in first. */
  boolean loginRequired(ServiceRequestContext context, RequestHeaders headers) {
    return userWithoutToken(context, headers) == null;
  }

  private @Nullable String userWithoutToken(ServiceRequestContext context, RequestHeaders headers) {
    if (logins.isSession(session(headers))) {
      return ADMIN;
    }
    boolean loopback =
        !loginOnLoopback
            && context.remoteAddress().getAddress().isLoopbackAddress()
            && !isForwarded(headers);
    return loopback ? LOOPBACK : null;
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

  static @Nullable String session(RequestHeaders headers) {
    for (Cookie cookie : headers.cookies()) {
      if (cookie.name().equals(SESSION_COOKIE)) {
        return cookie.value();
      }
    }
    return null;
  }

  private static boolean isOurPage(RequestHeaders headers) {
    if (!headers.contains(WRITE_HEADER)) {
      return false;
    }
    String site = headers.get(FETCH_SITE);
    if (site != null && !site.equals("same-origin") && !site.equals("none")) {
      return false;
    }
    String origin = headers.get(HttpHeaderNames.ORIGIN);
    if (origin == null) {
      return true;
    }
    try {
      String authority = new URI(origin).getAuthority();
      return authority != null && authority.equalsIgnoreCase(headers.authority());
    } catch (URISyntaxException e) {
      // What a browser cannot have sent is not our page.
      return false;
    }
  }
}
