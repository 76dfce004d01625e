package io.endomesh.controller.access;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.linecorp.armeria.common.Cookie;
import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.RequestHeaders;
import com.linecorp.armeria.server.ServiceRequestContext;
import io.endomesh.controller.audit.AuditLog;
import io.endomesh.controller.oidc.Attempt;
import io.endomesh.controller.oidc.LoginFailure;
import io.endomesh.controller.oidc.OpenIdProvider;
import io.endomesh.controller.oidc.Person;
import io.endomesh.controller.store.Actor;
import io.endomesh.controller.store.AuditEntry;
import io.endomesh.dataplane.limit.Rate;
import java.net.URI;
import java.net.URLEncoder;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Logs people in by a provider: authorization code with PKCE (OpenID Connect Core 1.0, 3.1; RFC
 * 9700). Thread-safe.
 */
public final class OidcLogin implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(OidcLogin.class);

  /** Time to type a password and a code at the provider. */
  private static final Duration ATTEMPT_TTL = Duration.ofMinutes(10);

  /** Nobody guesses anything here: it bounds what strangers make us ask the provider. */
  private static final Rate RATE = new Rate(60, TimeUnit.MINUTES.toNanos(1), 60);

  /** At a time; each takes a thread for as long as the provider does. */
  private static final int MAX_EXCHANGES = 8;

  private static final long EXCHANGE_WAIT_SECONDS = 2;

  private static final String ACTION = "login.oidc";

  private static final String COOKIE = "endomesh_oidc";

  /** A browser takes it of this host alone, and of TLS (RFC 6265bis, 4.1.3.2). */
  private static final String TLS_COOKIE = "__Host-" + COOKIE;

  private final Setup setup;
  private final Sessions sessions;
  private final AuditLog audit;
  private final Clock clock;
  private final LoginLimits limits;
  private final Semaphore exchanges = new Semaphore(MAX_EXCHANGES);
  private final Attempt.Cookies cookies = new Attempt.Cookies();
  private final UsedAttempts used;

  /**
   * @param address where the provider sends browsers back to
   */
  public record Setup(
      OpenIdProvider provider, OidcOptions options, Supplier<PublicAddress> address) {}

  OidcLogin(Setup setup, Sessions sessions, AuditLog audit, Clock clock, LongSupplier nanoTime) {
    this.setup = setup;
    this.sessions = sessions;
    this.audit = audit;
    this.clock = clock;
    this.limits = new LoginLimits(RATE, nanoTime);
    this.used = new UsedAttempts(clock);
  }

  String name() {
    return setup.options().name();
  }

  private PublicAddress address() {
    return setup.address().get();
  }

  private OpenIdProvider provider() {
    return setup.provider();
  }

  private Set<String> claims() {
    Set<String> claims = new TreeSet<>();
    setup.options().roles().forEach(rule -> claims.add(rule.claim()));
    return claims;
  }

  /** What the provider is asked for once more, if its token does not have it. */
  private Set<String> wanted() {
    Set<String> wanted = claims();
    if (wanted.contains(Person.EMAIL)) {
      wanted.add(Person.EMAIL_VERIFIED);
    }
    return wanted;
  }

  /** For the page of the login. */
  ObjectNode shown() {
    ObjectNode shown =
        JsonNodeFactory.instance
            .objectNode()
            .put("name", name())
            .put("path", OidcService.LOGIN_PATH)
            .put("failure", provider().failure().orElse(null));
    claims().forEach(shown.putArray("claims")::add);
    return shown;
  }

  /** {@code GET /oidc/login?next=…}. */
  HttpResponse begin(ServiceRequestContext context) {
    String next = LocalPath.of(context.queryParam("next"));
    // The cookie must be of the host that the provider sends the browser back to. Once only: a
    // proxy may call us by another name than browsers call it.
    if (context.queryParam("here") == null
        && !address().isAuthority(context.request().authority())) {
      return redirect(address().at(OidcService.LOGIN_PATH + "?here=1&next=" + encoded(next)), null);
    }
    Attempt attempt = Attempt.begin(clock.instant().plus(ATTEMPT_TTL), next);
    try {
      URI there = provider().authorization(attempt, callback());
      return redirect(there, cookie(cookies.of(attempt), ATTEMPT_TTL.toSeconds()));
    } catch (LoginFailure e) {
      return failed(context, Caller.NOBODY_NAME, e, next);
    }
  }

  private URI callback() {
    return address().at(OidcService.CALLBACK_PATH);
  }

  /** {@code GET /oidc/callback?code=…&state=…}: where the provider sends the browser. */
  HttpResponse callback(ServiceRequestContext context, RequestHeaders headers) {
    Attempt attempt = cookies.read(attemptOf(headers), clock.instant()).orElse(null);
    String next = attempt == null ? LocalPath.ROOT : LocalPath.of(attempt.next());
    String who = Caller.NOBODY_NAME;
    try {
      Person person = person(context, required(attempt, context.queryParam("state")));
      who = GuestNames.name(person);
      return loggedIn(context, headers, person, next);
    } catch (LoginFailure e) {
      return failed(context, who, e, next);
    }
  }

  /** Only who began a login ends it, in the same browser, and once. */
  private Attempt required(@Nullable Attempt attempt, @Nullable String state) throws LoginFailure {
    if (attempt == null) {
      throw stale("no login was begun in this browser, or too long ago");
    }
    if (!attempt.isMeantBy(state)) {
      throw stale("it is the answer to another login (state)");
    }
    if (!used.add(attempt.secret(), attempt.end())) {
      throw stale("its answer came before");
    }
    return attempt;
  }

  private static LoginFailure stale(String message) {
    return new LoginFailure(LoginFailure.Kind.STALE, message);
  }

  private Person person(ServiceRequestContext context, Attempt attempt) throws LoginFailure {
    provider().requireIssuer(context.queryParam("iss"));
    String error = context.queryParam("error");
    String code = context.queryParam("code");
    if (error != null || code == null || code.isEmpty()) {
      throw new LoginFailure(
          LoginFailure.Kind.REFUSED, "the provider says no: " + LoginFailure.word(error));
    }
    if (!limits.allows(context.remoteAddress().getAddress())) {
      throw new LoginFailure(LoginFailure.Kind.BUSY, "too many logins from there");
    }
    boolean entered = false;
    try {
      entered = exchanges.tryAcquire(EXCHANGE_WAIT_SECONDS, TimeUnit.SECONDS);
      if (!entered) {
        throw new LoginFailure(LoginFailure.Kind.BUSY, "too many logins at once");
      }
      return provider()
          .redeem(attempt, code, callback(), wanted(), clock.instant().getEpochSecond());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new LoginFailure(LoginFailure.Kind.BUSY, "the controller is stopping");
    } finally {
      if (entered) {
        exchanges.release();
      }
    }
  }

  private HttpResponse loggedIn(
      ServiceRequestContext context, RequestHeaders headers, Person person, String next)
      throws LoginFailure {
    String id = GuestNames.id(person);
    Optional<Role> role = RoleRule.roleOf(person, setup.options().roles());
    // What they may do is what is said now, also in what they left open elsewhere.
    sessions.endAll(
        subject -> {
          Sessions.Guest guest = subject.guest();
          return guest != null && guest.id().equals(id) && guest.role() != role.orElse(null);
        });
    if (role.isEmpty()) {
      log.info(
          "{} has no role here: {}", GuestNames.name(person), GuestNames.seen(person, claims()));
      throw new LoginFailure(
          LoginFailure.Kind.ROLE,
          id
              + " has no role (expected: one of --oidc-role, by "
              + String.join(", ", claims())
              + ")");
    }
    String old = Access.session(headers);
    if (old != null) {
      sessions.end(old);
    }
    Instant end = clock.instant().plus(Sessions.SESSION_TTL);
    String secret =
        sessions.begin(
            new Sessions.Subject(
                Caller.Kind.OIDC,
                GuestNames.name(person),
                0,
                new Sessions.Guest(id, role.get(), end, person.idToken())));
    audit.note(
        Access.actor(context, GuestNames.name(person))
            .did(ACTION, id + " as " + role.get().text()));
    return HttpResponse.of(
        LoginService.headers(HttpStatus.SEE_OTHER)
            .set(HttpHeaderNames.LOCATION, next)
            .cookies(
                cookie("", 0),
                LoginService.cookie(
                    Access.SESSION_COOKIE,
                    secret,
                    Sessions.SESSION_TTL.toSeconds(),
                    address().isTls()))
            .build());
  }

  private HttpResponse failed(
      ServiceRequestContext context, String who, LoginFailure failure, String next) {
    Actor actor = Access.actor(context, who);
    audit.note(
        AuditEntry.denied(
            actor, ACTION, provider().issuer(), String.valueOf(failure.getMessage())));
    log.debug("A login by {} failed: {}", provider().issuer(), failure.getMessage());
    String kind = failure.kind().name().toLowerCase(Locale.ROOT);
    return redirect(
        URI.create(
            LoginService.LOGIN_PATH
                + "?failed="
                + kind
                + (next.equals(LocalPath.ROOT) ? "" : "&next=" + encoded(next))),
        cookie("", 0));
  }

  /** Where the browser goes to be logged out at the provider, too; empty if there is no way. */
  Optional<String> logout(Sessions.Guest guest) {
    return provider()
        .logout(guest.idToken(), address().at(LoginService.LOGIN_PATH))
        .map(URI::toString);
  }

  private static HttpResponse redirect(URI there, @Nullable Cookie cookie) {
    var headers =
        LoginService.headers(HttpStatus.SEE_OTHER).set(HttpHeaderNames.LOCATION, there.toString());
    return HttpResponse.of((cookie == null ? headers : headers.cookies(cookie)).build());
  }

  private String cookieName() {
    return address().isTls() ? TLS_COOKIE : COOKIE;
  }

  private Cookie cookie(String value, long maxAgeSeconds) {
    return LoginService.cookie(cookieName(), value, maxAgeSeconds, address().isTls());
  }

  private @Nullable String attemptOf(RequestHeaders headers) {
    for (Cookie cookie : headers.cookies()) {
      if (cookie.name().equals(cookieName())) {
        return cookie.value();
      }
    }
    return null;
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, UTF_8);
  }

  @Override
  public void close() {
    setup.provider().close();
  }
}
