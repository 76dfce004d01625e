package io.endomesh.controller.access;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.linecorp.armeria.server.ServerBuilder;
import io.endomesh.controller.ControllerPart;
import io.endomesh.controller.audit.AuditLog;
import io.endomesh.controller.seal.Seal;
import io.endomesh.controller.store.ResourceStore;
import io.endomesh.controller.tokens.AdminToken;
import java.io.IOException;
import java.net.URLEncoder;
import java.time.Clock;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Who may use this controller: stands in front of all it serves, and serves logins. Thread-safe.
 */
public final class AccessPart implements ControllerPart {

  private static final String PATH = "/api/v1";

  /** Anybody may send these: names, passwords and scopes are far below it. */
  private static final long MAX_REQUEST_BYTES = 16 << 10;

  private final Users users;
  private final Sessions sessions;
  private final boolean loginRequired;
  private final Access access;
  private final LoginService login;
  private final OidcService oidcService;
  private final @Nullable OidcLogin oidc;
  private final UserApi userApi;
  private final SelfApi selfApi;

  /**
   * @param seal of user records; null: they are in clear
   * @param hosts names of this controller, beside its addresses
   * @param loginRequired whether being on this machine is not enough
   * @param address where browsers reach it; null: where it is bound
   * @param oidc the provider by which people log in; null: there are local accounts only
   */
  public AccessPart(
      ResourceStore store,
      AdminToken adminToken,
      @Nullable Seal seal,
      AuditLog audit,
      Set<String> hosts,
      String trustDomain,
      boolean loginRequired,
      @Nullable PublicAddress address,
      OidcLogin.@Nullable Setup oidc,
      Clock clock,
      LongSupplier nanoTime)
      throws IOException {
    this.users = new Users(store, seal, clock);
    this.sessions = new Sessions(clock);
    this.loginRequired = loginRequired;
    ApiTokens tokens = new ApiTokens(store, clock);
    Authentication authentication =
        new Authentication(users, sessions, tokens, adminToken, loginRequired);
    this.access = new Access(authentication, new Hosts(hosts), audit, trustDomain);
    Passwords passwords = new Passwords();
    LoginLimits limits = new LoginLimits(nanoTime);
    this.oidc = oidc == null ? null : new OidcLogin(oidc, sessions, audit, clock, nanoTime);
    this.oidcService = new OidcService(this.oidc);
    this.login =
        new LoginService(
            users, sessions, authentication, passwords, limits, audit, clock, address, this.oidc);
    this.userApi = new UserApi(users, sessions, tokens, passwords, audit);
    this.selfApi = new SelfApi(users, sessions, tokens, passwords, limits, audit);
  }

  public Access access() {
    return access;
  }

  /** Path and query of a link that logs in once, as who runs the controller. */
  public String newLoginPath() {
    return loginPath(
        sessions.loginTicket(
            new Sessions.Subject(Caller.Kind.ADMIN_TOKEN, Caller.ADMIN_TOKEN_NAME, 0)));
  }

  /** Of a link that makes the first account once; empty if there are accounts. */
  public Optional<String> newSetupPath() {
    return users.isEmpty()
        ? Optional.of(setupPath(sessions.setupTicket(null), null))
        : Optional.empty();
  }

  /** Who a request is of and what they may do, for the console and the command line. */
  public ObjectNode session(Caller caller) {
    ObjectNode json =
        JsonNodeFactory.instance
            .objectNode()
            .put("loginRequired", loginRequired)
            .put("user", caller.name())
            .put("role", role(caller))
            .put(
                "provider", caller.kind() == Caller.Kind.OIDC && oidc != null ? oidc.name() : null);
    caller.grants().texts().forEach(json.putArray("rights")::add);
    return json;
  }

  private @Nullable String role(Caller caller) {
    return switch (caller.kind()) {
      case USER -> users.find(caller.name()).map(user -> user.role().text()).orElse(null);
      case OIDC ->
          Arrays.stream(Role.values())
              .filter(role -> role.grants().equals(caller.grants()))
              .map(Role::text)
              .findAny()
              .orElse(null);
      case LOOPBACK, ADMIN_TOKEN, API_TOKEN, NOBODY -> null;
    };
  }

  @Override
  public void addTo(ServerBuilder server) {
    server.decorator(access);
    // Without a ticket it is a page of the console.
    server
        .route()
        .get(LoginService.LOGIN_PATH)
        .matchesParams(LoginService.TICKET)
        .build((context, request) -> login.redeem(context));
    server.annotatedService().maxRequestLength(MAX_REQUEST_BYTES).build(login);
    server.annotatedService().maxRequestLength(MAX_REQUEST_BYTES).build(oidcService);
    for (Object api : new Object[] {userApi, selfApi}) {
      server.annotatedService().pathPrefix(PATH).maxRequestLength(MAX_REQUEST_BYTES).build(api);
    }
  }

  @Override
  public void close() {
    if (oidc != null) {
      oidc.close();
    }
  }

  static String loginPath(String ticket) {
    return LoginService.LOGIN_PATH + "?" + LoginService.TICKET + "=" + ticket;
  }

  /**
   * @param user whose password is set by it; null: the first account's
   */
  static String setupPath(String ticket, @Nullable String user) {
    return LoginService.SETUP_PATH
        + "?"
        + LoginService.TICKET
        + "="
        + ticket
        + (user == null ? "" : "&user=" + URLEncoder.encode(user, UTF_8));
  }
}
