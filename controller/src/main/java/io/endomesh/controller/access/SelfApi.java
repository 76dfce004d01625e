package io.endomesh.controller.access;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.server.ServiceRequestContext;
import com.linecorp.armeria.server.annotation.Blocking;
import com.linecorp.armeria.server.annotation.Delete;
import com.linecorp.armeria.server.annotation.Get;
import com.linecorp.armeria.server.annotation.Param;
import com.linecorp.armeria.server.annotation.Post;
import io.endomesh.controller.audit.AuditLog;
import io.endomesh.controller.console.ApiErrors;
import io.endomesh.controller.store.StoreException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/** What everybody may do about themselves: links, password, API tokens. Thread-safe. */
@Blocking
final class SelfApi {

  /** A month: a program that runs longer is worth a look by then. */
  private static final Duration DEFAULT_TTL = Duration.ofDays(30);

  private final Users users;
  private final Sessions sessions;
  private final ApiTokens tokens;
  private final Passwords passwords;
  private final LoginLimits limits;
  private final AuditLog audit;

  SelfApi(
      Users users,
      Sessions sessions,
      ApiTokens tokens,
      Passwords passwords,
      LoginLimits limits,
      AuditLog audit) {
    this.users = users;
    this.sessions = sessions;
    this.tokens = tokens;
    this.passwords = passwords;
    this.limits = limits;
    this.audit = audit;
  }

  /** Makes a login link for who asks; for the command line, which opens a browser by it. */
  @Post("/logins")
  public HttpResponse newLogin(ServiceRequestContext context, HttpRequest request) {
    Caller caller = Access.caller(context);
    audit.note(Access.actor(context).did("login-link.create", caller.name()));
    String ticket = sessions.loginTicket(subject(caller, request));
    return Bodies.answer(
        HttpStatus.OK,
        JsonNodeFactory.instance.objectNode().put("path", AccessPart.loginPath(ticket)));
  }

  private Sessions.Subject subject(Caller caller, HttpRequest request) {
    if (caller.kind() == Caller.Kind.OIDC) {
      // Of whom there is nothing but the session; it ends as soon by whatever link.
      String session = Authentication.sessionOf(request.headers());
      return sessions
          .subject(String.valueOf(session))
          .orElse(new Sessions.Subject(Caller.Kind.NOBODY, caller.name(), 0));
    }
    long version = users.find(caller.name()).map(User::version).orElse(0L);
    return new Sessions.Subject(caller.kind(), caller.name(), version);
  }

  /** Ends all sessions of the user, this one too. */
  @Post("/password")
  public HttpResponse changePassword(ServiceRequestContext context, String body) {
    JsonNode asked = Bodies.read(body);
    String name = Access.caller(context).name();
    Optional<User> user =
        Access.caller(context).kind() == Caller.Kind.USER ? users.find(name) : Optional.empty();
    if (user.isEmpty()) {
      return ApiErrors.invalid(name + " has no password (expected: a login as a user)");
    }
    long wait = limits.take(context.remoteAddress().getAddress(), name);
    if (wait > 0) {
      return LoginService.tooMany(context, Users.FACTS + name, wait);
    }
    try {
      if (!passwords.matches(asked.path("old").asText(""), user.get().passwordHash())) {
        String why = "old: not the password of " + name;
        Access.refused(context, Users.FACTS + name, why);
        return ApiErrors.response(HttpStatus.FORBIDDEN, "forbidden", why);
      }
      users.changePassword(
          Access.actor(context), name, passwords.hash(asked.path("new").asText("")));
      return HttpResponse.of(HttpStatus.NO_CONTENT);
    } catch (IllegalArgumentException e) {
      return ApiErrors.invalid(String.valueOf(e.getMessage()));
    } catch (Passwords.Busy e) {
      return LoginService.busy(e);
    } catch (StoreException e) {
      return Bodies.full(e);
    }
  }

  @Get("/api-tokens")
  public HttpResponse tokens(ServiceRequestContext context) {
    ObjectNode answer = JsonNodeFactory.instance.objectNode();
    var list = answer.putArray("apiTokens");
    for (ApiToken token : tokens.list(isTheBusinessOf(Access.caller(context)))) {
      list.add(
          token
              .shown()
              .put(
                  "lastUsedAt", token.lastUsedAt() == null ? null : token.lastUsedAt().toString()));
    }
    return Bodies.answer(HttpStatus.OK, answer);
  }

  @Post("/api-tokens")
  public HttpResponse createToken(ServiceRequestContext context, String body) {
    JsonNode asked = Bodies.read(body);
    List<String> scopes = new ArrayList<>();
    asked.path("scopes").forEach(scope -> scopes.add(scope.asText()));
    try {
      ApiTokens.Created created =
          tokens.create(
              Access.actor(context),
              Access.caller(context),
              asked.path("name").asText(""),
              scopes,
              Duration.ofSeconds(asked.path("ttlSeconds").asLong(DEFAULT_TTL.toSeconds())));
      return Bodies.answer(
          HttpStatus.CREATED, created.token().shown().put("token", created.secret()));
    } catch (IllegalArgumentException e) {
      return ApiErrors.invalid(String.valueOf(e.getMessage()));
    } catch (StoreException e) {
      return Bodies.full(e);
    }
  }

  @Delete("/api-tokens/{id}")
  public HttpResponse revokeToken(ServiceRequestContext context, @Param("id") String id) {
    try {
      return tokens
              .revoke(Access.actor(context), id, isTheBusinessOf(Access.caller(context)))
              .isPresent()
          ? HttpResponse.of(HttpStatus.NO_CONTENT)
          : ApiErrors.notFound("API token " + id + " does not exist");
    } catch (StoreException e) {
      return Bodies.full(e);
    }
  }

  private static Predicate<ApiToken> isTheBusinessOf(Caller caller) {
    return token ->
        caller.may(Right.USERS)
            || (token.ownerKind() == caller.kind() && token.owner().equals(caller.name()));
  }
}
