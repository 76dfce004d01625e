package io.endomesh.controller.access;

import com.linecorp.armeria.common.Cookie;
import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.QueryParams;
import com.linecorp.armeria.common.RequestHeaders;
import com.linecorp.armeria.server.DecoratingHttpServiceFunction;
import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.ServiceRequestContext;
import io.endomesh.controller.CallerIdentity;
import io.endomesh.controller.audit.AuditLog;
import io.endomesh.controller.console.ApiErrors;
import io.endomesh.controller.store.Actor;
import io.netty.util.AsciiString;
import io.netty.util.AttributeKey;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stands in front of everything that the controller serves: lets in who may do what is asked, and
 * notes who that is. Thread-safe.
 *
 * <p>A browser carries the cookie of a session along with requests that any other page makes. So a
 * write needs a header that only our own page can add, and an {@code Origin} that is ours.
 */
public final class Access implements DecoratingHttpServiceFunction {

  private static final Logger log = LoggerFactory.getLogger(Access.class);

  /** Set by the console's page and the command line on every write. */
  private static final AsciiString WRITE_HEADER = AsciiString.cached("x-endomesh-request");

  static final String SESSION_COOKIE = "endomesh_session";

  private static final AsciiString FETCH_SITE = AsciiString.cached("sec-fetch-site");

  private static final Set<HttpMethod> READS =
      Set.of(HttpMethod.GET, HttpMethod.HEAD, HttpMethod.OPTIONS);

  /** The parameter in which every write may say why it is made. */
  private static final String WHY = "why";

  private static final AttributeKey<Caller> CALLER = AttributeKey.valueOf(Access.class, "CALLER");

  private final Authentication authentication;
  private final Hosts hosts;
  private final Denials denials;
  private final String trustDomain;

  Access(Authentication authentication, Hosts hosts, AuditLog audit, String trustDomain) {
    this.authentication = authentication;
    this.hosts = hosts;
    this.denials = new Denials(audit, trustDomain);
    this.trustDomain = trustDomain;
  }

  /** Who makes this request. */
  public static Caller caller(ServiceRequestContext context) {
    Caller caller = context.attr(CALLER);
    return caller == null ? Caller.NOBODY : caller;
  }

  /** The same, with where they are and what they say: for the history and the audit log. */
  public static Actor actor(ServiceRequestContext context) {
    return actor(context, caller(context).name());
  }

  static Actor actor(ServiceRequestContext context, String name) {
    String why = QueryParams.fromQueryString(context.query()).get(WHY, "");
    return new Actor(name, context.remoteAddress().getAddress().getHostAddress(), why);
  }

  /** To be said by who refuses a request: the audit log has it beside the status. */
  public static void refused(ServiceRequestContext context, String subject, String why) {
    context.setAttr(Denials.WHY, new Denials.Why(subject, why));
  }

  /**
   * For services that read in a body which namespaces a request is about: null if the caller has
   * the right there, else the answer that says no.
   */
  public static @Nullable HttpResponse refusal(
      ServiceRequestContext context, Right right, String namespace) {
    Caller caller = caller(context);
    return caller.may(right, namespace) ? null : lacking(context, caller, right, namespace);
  }

  /** Whether who made this request could make it again now: for answers that do not end. */
  public boolean isStill(ServiceRequestContext context, RequestHeaders headers, Right right) {
    Caller caller = authentication.caller(context, headers);
    return caller != null && caller.may(right);
  }

  @Override
  public HttpResponse serve(HttpService next, ServiceRequestContext context, HttpRequest request)
      throws Exception {
    Need need =
        RouteRights.of(request.method(), context.config().route().patternString()).orElse(null);
    if (need == null) {
      log.error(
          "{}: has no entry in the table of rights, so it is refused", context.config().route());
      return forbidden(context, "nobody has a right to this");
    }
    int whyLength = QueryParams.fromQueryString(context.query()).get(WHY, "").length();
    if (whyLength > Actor.MAX_WHY) {
      return ApiErrors.invalid(
          "why: %d characters (expected: at most %d)".formatted(whyLength, Actor.MAX_WHY));
    }
    denials.watch(context);
    HttpResponse refusal = refusal(need, context, request.headers());
    HttpResponse answer = refusal == null ? next.serve(context, request) : refusal;
    return need.who() == Need.Who.WORKLOAD ? answer : answer.mapHeaders(SecurityHeaders::added);
  }

  /** Null if the request may go on; its caller is noted then. */
  private @Nullable HttpResponse refusal(
      Need need, ServiceRequestContext context, RequestHeaders headers) {
    if (!isHostOurs(need, context, headers)) {
      return forbidden(
          context,
          "host: '"
              + headers.authority()
              + "' (expected: an IP address, localhost, or the name in --advertise)");
    }
    if (need.who() == Need.Who.WORKLOAD) {
      return null;
    }
    boolean cookieOnly = !headers.contains(HttpHeaderNames.AUTHORIZATION);
    if (need.who() != Need.Who.ANYBODY) {
      Caller caller = authentication.caller(context, headers);
      if (caller == null) {
        refused(context, "", cookieOnly ? "no session" : "no token that is good");
        return ApiErrors.response(
            HttpStatus.UNAUTHORIZED,
            "unauthenticated",
            cookieOnly
                ? "no session (expected: a login; `endomesh login`, or a link that `endomesh"
                    + " dashboard` makes on the controller's machine)"
                : "authorization: no token that is good here (expected: a session of `endomesh"
                    + " login`, an API token, or the admin token in the data directory)");
      }
      context.setAttr(CALLER, caller);
      HttpResponse lacking = lacking(need, caller, context);
      if (lacking != null) {
        return lacking;
      }
    }
    return cookieOnly && !READS.contains(context.method()) && !isOurPage(headers)
        ? forbidden(
            context,
            "this write may come from another site's page (expected: header x-endomesh-request, and"
                + " an Origin of this console)")
        : null;
  }

  /**
   * A browser can be made to ask for us under any name, but has no certificate of the mesh. Others
   * that are no browsers, such as Envoy, name us as they like.
   */
  private boolean isHostOurs(Need need, ServiceRequestContext context, RequestHeaders headers) {
    return hosts.allows(headers.authority())
        || (need.who() == Need.Who.WORKLOAD && CallerIdentity.of(context, trustDomain) != null);
  }

  private static @Nullable HttpResponse lacking(
      Need need, Caller caller, ServiceRequestContext context) {
    Right right = need.right();
    if (right == null) {
      return caller.isPerson()
          ? null
          : forbidden(
              context, "an API token cannot do this (expected: a login, or the admin token)");
    }
    String namespace =
        switch (need.namespace()) {
          case PATH -> context.pathParam("namespace");
          case QUERY -> context.queryParam("namespace");
          case NOWHERE, BODY -> null;
        };
    boolean allowed =
        namespace != null
            ? caller.may(right, namespace)
            : caller.may(right)
                || (need.namespace() == Need.Where.BODY && caller.grants().allowSomewhere(right));
    return allowed ? null : lacking(context, caller, right, namespace);
  }

  private static HttpResponse lacking(
      ServiceRequestContext context, Caller caller, Right right, @Nullable String namespace) {
    return forbidden(
        context,
        caller.name()
            + " lacks the right '"
            + right.text()
            + "'"
            + (namespace == null ? "" : " in namespace " + namespace));
  }

  private static HttpResponse forbidden(ServiceRequestContext context, String message) {
    refused(context, "", message);
    return ApiErrors.response(HttpStatus.FORBIDDEN, "forbidden", message);
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
