package io.endomesh.controller.access;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.linecorp.armeria.common.Cookie;
import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.common.ResponseHeaders;
import com.linecorp.armeria.common.ResponseHeadersBuilder;
import com.linecorp.armeria.server.ServiceRequestContext;
import com.linecorp.armeria.server.annotation.Blocking;
import com.linecorp.armeria.server.annotation.Post;
import io.endomesh.controller.audit.AuditLog;
import io.endomesh.controller.console.ApiErrors;
import io.endomesh.controller.store.StoreException;
import java.time.Clock;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Turns passwords and links into sessions, and ends sessions. Thread-safe. */
@Blocking
final class LoginService {

  static final String LOGIN_PATH = "/login";

  static final String SETUP_PATH = "/setup";

  static final String TICKET = "ticket";

  /** Who makes the first account, by the link of the start. */
  private static final String FIRST_LINK = "first-account-link";

  private static final String REFUSED_PAGE =
      """
      <!doctype html>
      <html lang="en"><meta charset="utf-8"><title>Endomesh: login</title>
      <h1>This login link does not work any more</h1>
      <p>A link is good for one login, for ten minutes. Make a new one on the controller's machine:</p>
      <pre>endomesh dashboard</pre>
      <p>Or <a href="/login">log in with a password</a>.</p>
      </html>
      """;

  private final Users users;
  private final Sessions sessions;
  private final Authentication authentication;
  private final Passwords passwords;
  private final LoginLimits limits;
  private final AuditLog audit;
  private final Clock clock;
  private final @Nullable PublicAddress address;
  private final @Nullable OidcLogin oidc;

  /**
   * @param address where browsers reach it; null: where it is bound
   * @param oidc null: there are local accounts only
   */
  LoginService(
      Users users,
      Sessions sessions,
      Authentication authentication,
      Passwords passwords,
      LoginLimits limits,
      AuditLog audit,
      Clock clock,
      @Nullable PublicAddress address,
      @Nullable OidcLogin oidc) {
    this.users = users;
    this.sessions = sessions;
    this.authentication = authentication;
    this.passwords = passwords;
    this.limits = limits;
    this.audit = audit;
    this.clock = clock;
    this.address = address;
    this.oidc = oidc;
  }

  /** {@code GET /login?ticket=…}. */
  HttpResponse redeem(ServiceRequestContext context) {
    String ticket = context.queryParam(TICKET);
    Optional<Sessions.Subject> subject =
        ticket == null
            ? Optional.empty()
            : sessions.redeem(ticket).filter(one -> authentication.caller(one).isPresent());
    if (subject.isEmpty()) {
      Access.refused(context, "", "a link that is not good");
      return HttpResponse.of(
          headers(HttpStatus.UNAUTHORIZED).contentType(MediaType.HTML_UTF_8).build(),
          HttpData.ofUtf8(REFUSED_PAGE));
    }
    return HttpResponse.of(
        headers(HttpStatus.SEE_OTHER)
            .set(HttpHeaderNames.LOCATION, "/")
            .cookies(begun(context, begin(context, subject.get(), "login.link")))
            .build());
  }

  /**
   * @param body user and password; with {@code "bearer":true} the answer holds the session's token,
   *     and sets no cookie
   */
  @Post(LOGIN_PATH)
  public HttpResponse login(ServiceRequestContext context, String body) {
    JsonNode asked = Bodies.read(body);
    if (!asked.path("user").isTextual() || !asked.path("password").isTextual()) {
      return ApiErrors.invalid("body: (expected: {\"user\":…,\"password\":…})");
    }
    String name = asked.path("user").asText();
    long wait = limits.take(context.remoteAddress().getAddress(), name);
    if (wait > 0) {
      return tooMany(context, subject(name), wait);
    }
    User user = users.find(name).orElse(null);
    try {
      String hash = user == null ? null : user.passwordHash();
      if (!passwords.matches(asked.path("password").asText(), hash) || user == null) {
        Access.refused(context, subject(name), "wrong password, or no such user");
        return ApiErrors.response(
            HttpStatus.UNAUTHORIZED,
            "unauthenticated",
            "user and password do not belong together, or there is no such user");
      }
    } catch (Passwords.Busy e) {
      return busy(e);
    }
    return loggedIn(context, Sessions.Subject.of(user), asked.path("bearer").asBoolean());
  }

  /**
   * Chooses a password by a link, and logs in: for the first account, or for one that an
   * administrator made.
   *
   * @param body ticket and password; for the first account also its name
   */
  @Post(SETUP_PATH)
  public HttpResponse setup(ServiceRequestContext context, String body) {
    JsonNode asked = Bodies.read(body);
    Optional<Sessions.Setup> setup = sessions.setup(asked.path(TICKET).asText(""));
    if (setup.isEmpty()) {
      return deadLink(context);
    }
    Sessions.Subject subject = setup.get().subject();
    try {
      if (subject != null && authentication.caller(subject).isEmpty()) {
        return deadLink(context);
      }
      String hash = passwords.hash(asked.path("password").asText(""));
      if (subject == null) {
        Users.requireName(asked.path("name").asText(""));
      }
      if (!sessions.use(setup.get())) {
        return deadLink(context);
      }
      Optional<User> user =
          subject == null
              ? Optional.of(
                  users.createFirst(
                      Access.actor(context, FIRST_LINK), asked.path("name").asText(""), hash))
              : users.changePassword(Access.actor(context, subject.name()), subject.name(), hash);
      return user.isEmpty()
          ? deadLink(context)
          : loggedIn(context, Sessions.Subject.of(user.get()), /* bearer= */ false);
    } catch (Passwords.Busy e) {
      return busy(e);
    } catch (IllegalArgumentException e) {
      return ApiErrors.invalid(String.valueOf(e.getMessage()));
    } catch (Users.Refused e) {
      return Bodies.conflict(e);
    } catch (StoreException e) {
      return Bodies.full(e);
    }
  }

  /** Of who logged in at a provider, the answer says where to log out there. */
  @Post("/logout")
  public HttpResponse logout(ServiceRequestContext context, HttpRequest request) {
    String session = Authentication.sessionOf(request.headers());
    Optional<Sessions.Subject> who = session == null ? Optional.empty() : sessions.subject(session);
    if (session != null) {
      who.ifPresent(one -> audit.note(Access.actor(context, one.name()).did("logout", one.name())));
      sessions.end(session);
    }
    Cookie none = cookie(context, "", 0);
    Optional<String> elsewhere =
        oidc == null ? Optional.empty() : who.map(Sessions.Subject::guest).flatMap(oidc::logout);
    return elsewhere.isEmpty()
        ? HttpResponse.of(headers(HttpStatus.NO_CONTENT).cookies(none).build())
        : HttpResponse.of(
            headers(HttpStatus.OK).contentType(MediaType.JSON_UTF_8).cookies(none).build(),
            HttpData.ofUtf8(
                JsonNodeFactory.instance.objectNode().put("location", elsewhere.get()).toString()));
  }

  private HttpResponse loggedIn(
      ServiceRequestContext context, Sessions.Subject subject, boolean bearer) {
    String secret = begin(context, subject, "login");
    if (!bearer) {
      return HttpResponse.of(
          headers(HttpStatus.NO_CONTENT).cookies(begun(context, secret)).build());
    }
    return HttpResponse.of(
        headers(HttpStatus.OK).contentType(MediaType.JSON_UTF_8).build(),
        HttpData.ofUtf8(
            JsonNodeFactory.instance
                .objectNode()
                .put("user", subject.name())
                .put("token", secret)
                .put("expiresAt", clock.instant().plus(Sessions.SESSION_TTL).toString())
                .toString()));
  }

  private String begin(ServiceRequestContext context, Sessions.Subject subject, String action) {
    audit.note(Access.actor(context, subject.name()).did(action, subject.name()));
    return sessions.begin(subject);
  }

  private static HttpResponse deadLink(ServiceRequestContext context) {
    Access.refused(context, "", "a link that is not good");
    return ApiErrors.response(
        HttpStatus.UNAUTHORIZED,
        "unauthenticated",
        "this link was used, is too old, or was never given (expected: a new one, of `endomesh user"
            + " passwd NAME`; before there is a user, of a new start of the controller)");
  }

  /** People type their password into the wrong field: only names that are users' are kept. */
  private String subject(String name) {
    return users.find(name).map(user -> Users.FACTS + user.name()).orElse("no such user");
  }

  static HttpResponse tooMany(ServiceRequestContext context, String subject, long seconds) {
    Access.refused(context, subject, "too many logins");
    return ApiErrors.response(
            HttpStatus.TOO_MANY_REQUESTS,
            "too-many-requests",
            "too many logins (expected: another try in " + seconds + " s)")
        .mapHeaders(
            headers ->
                headers.toBuilder()
                    .set(HttpHeaderNames.RETRY_AFTER, String.valueOf(seconds))
                    .build());
  }

  static HttpResponse busy(Passwords.Busy e) {
    return ApiErrors.response(
        HttpStatus.SERVICE_UNAVAILABLE, "internal", String.valueOf(e.getMessage()));
  }

  private Cookie begun(ServiceRequestContext context, String secret) {
    return cookie(context, secret, Sessions.SESSION_TTL.toSeconds());
  }

  private Cookie cookie(ServiceRequestContext context, String value, long maxAgeSeconds) {
    return cookie(Access.SESSION_COOKIE, value, maxAgeSeconds, isTls(context));
  }

  /** A browser does not keep a secure cookie that came in plaintext, as it does on loopback. */
  private boolean isTls(ServiceRequestContext context) {
    return context.sessionProtocol().isTls()
        || (address != null
            && address.isTls()
            && address.isAuthority(context.request().authority()));
  }

  static Cookie cookie(String name, String value, long maxAgeSeconds, boolean secure) {
    return Cookie.secureBuilder(name, value)
        .path("/")
        .maxAge(maxAgeSeconds)
        .httpOnly(true)
        .sameSite("Lax")
        .secure(secure)
        .build();
  }

  static ResponseHeadersBuilder headers(HttpStatus status) {
    return ResponseHeaders.builder(status).set(HttpHeaderNames.CACHE_CONTROL, "no-store");
  }
}
