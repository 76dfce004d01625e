package io.endomesh.controller.access;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.server.ServiceRequestContext;
import com.linecorp.armeria.server.annotation.Blocking;
import com.linecorp.armeria.server.annotation.Delete;
import com.linecorp.armeria.server.annotation.Get;
import com.linecorp.armeria.server.annotation.Param;
import com.linecorp.armeria.server.annotation.Post;
import com.linecorp.armeria.server.annotation.Put;
import io.endomesh.controller.audit.AuditLog;
import io.endomesh.controller.console.ApiErrors;
import io.endomesh.controller.store.StoreException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Makes, changes and removes users, as docs/api.md has it. Thread-safe. */
@Blocking
final class UserApi {

  private final Users users;
  private final Sessions sessions;
  private final ApiTokens tokens;
  private final Passwords passwords;
  private final AuditLog audit;

  UserApi(Users users, Sessions sessions, ApiTokens tokens, Passwords passwords, AuditLog audit) {
    this.users = users;
    this.sessions = sessions;
    this.tokens = tokens;
    this.passwords = passwords;
    this.audit = audit;
  }

  @Get("/users")
  public HttpResponse list() {
    ObjectNode answer = JsonNodeFactory.instance.objectNode();
    var list = answer.putArray("users");
    List<Sessions.Subject> begun = sessions.subjects();
    for (User user : users.list()) {
      Sessions.Subject same = Sessions.Subject.of(user);
      list.add(
          user.shown().put("sessions", begun.stream().filter(one -> one.equals(same)).count()));
    }
    // Who has no account here is known by what is open.
    Map<String, Long> guests =
        begun.stream()
            .filter(one -> one.kind() != Caller.Kind.USER)
            .collect(
                Collectors.groupingBy(Sessions.Subject::name, TreeMap::new, Collectors.counting()));
    var others = answer.putArray("others");
    guests.forEach((name, count) -> others.addObject().put("name", name).put("sessions", count));
    return Bodies.answer(HttpStatus.OK, answer);
  }

  /** Of a user, or of somebody whom a provider vouched for. They may log in again. */
  @Delete("/users/{name}/sessions")
  public HttpResponse endSessions(ServiceRequestContext context, @Param("name") String name) {
    int ended = sessions.endAll(subject -> subject.name().equals(name));
    if (ended == 0 && users.find(name).isEmpty()) {
      return ApiErrors.notFound("user " + name + " does not exist, and has no session");
    }
    audit.note(Access.actor(context).did("user.logout", Users.FACTS + name));
    return Bodies.answer(
        HttpStatus.OK, JsonNodeFactory.instance.objectNode().put("name", name).put("ended", ended));
  }

  @Post("/users")
  public HttpResponse create(ServiceRequestContext context, String body) {
    JsonNode asked = Bodies.read(body);
    try {
      User user =
          users.create(
              Access.actor(context),
              asked.path("name").asText(""),
              Role.of(asked.path("role").asText("")),
              asked.path("tap").asBoolean(),
              hash(asked.path("password")));
      return Bodies.answer(HttpStatus.CREATED, withLink(user));
    } catch (IllegalArgumentException e) {
      return ApiErrors.invalid(String.valueOf(e.getMessage()));
    } catch (Users.Refused e) {
      return Bodies.conflict(e);
    } catch (Passwords.Busy e) {
      return LoginService.busy(e);
    } catch (StoreException e) {
      return Bodies.full(e);
    }
  }

  /**
   * @param body role, and tap if that is to change as well
   */
  @Put("/users/{name}/role")
  public HttpResponse changeRole(
      ServiceRequestContext context, @Param("name") String name, String body) {
    JsonNode asked = Bodies.read(body);
    Optional<User> before = users.find(name);
    if (before.isEmpty()) {
      return unknown(name);
    }
    try {
      Role role = asked.has("role") ? Role.of(asked.path("role").asText("")) : before.get().role();
      Optional<User> user =
          users.changeRole(
              Access.actor(context), name, role, asked.path("tap").asBoolean(before.get().tap()));
      endSessions(name);
      return user.isEmpty() ? unknown(name) : Bodies.answer(HttpStatus.OK, user.get().shown());
    } catch (IllegalArgumentException e) {
      return ApiErrors.invalid(String.valueOf(e.getMessage()));
    } catch (Users.Refused e) {
      return Bodies.conflict(e);
    } catch (StoreException e) {
      return Bodies.full(e);
    }
  }

  /**
   * @param body the password, or nothing: then the answer holds a link by which its user sets it,
   *     and the present one is good until then
   */
  @Post("/users/{name}/password")
  public HttpResponse changePassword(
      ServiceRequestContext context, @Param("name") String name, String body) {
    Optional<User> before = users.find(name);
    if (before.isEmpty()) {
      return unknown(name);
    }
    try {
      String hash = hash(Bodies.read(body).path("password"));
      if (hash == null) {
        audit.note(Access.actor(context).did("user.link", Users.FACTS + name));
        ObjectNode answer = before.get().shown();
        return Bodies.answer(HttpStatus.OK, answer.put("setupPath", link(before.get())));
      }
      Optional<User> user = users.changePassword(Access.actor(context), name, hash);
      endSessions(name);
      return user.isEmpty() ? unknown(name) : Bodies.answer(HttpStatus.OK, withLink(user.get()));
    } catch (IllegalArgumentException e) {
      return ApiErrors.invalid(String.valueOf(e.getMessage()));
    } catch (Passwords.Busy e) {
      return LoginService.busy(e);
    } catch (StoreException e) {
      return Bodies.full(e);
    }
  }

  @Delete("/users/{name}")
  public HttpResponse remove(ServiceRequestContext context, @Param("name") String name) {
    try {
      Optional<User> user = users.remove(Access.actor(context), name);
      if (user.isEmpty()) {
        return unknown(name);
      }
      endSessions(name);
      tokens.revokeAllOf(Access.actor(context), name);
      return HttpResponse.of(HttpStatus.NO_CONTENT);
    } catch (Users.Refused e) {
      return Bodies.conflict(e);
    } catch (StoreException e) {
      return Bodies.full(e);
    }
  }

  /** Of what the user was. A request that comes later is refused by its version anyway. */
  private void endSessions(String name) {
    long version = users.find(name).map(User::version).orElse(-1L);
    sessions.endAll(
        subject ->
            subject.kind() == Caller.Kind.USER
                && subject.name().equals(name)
                && subject.version() != version);
  }

  private @Nullable String hash(JsonNode password) throws Passwords.Busy {
    return password.isTextual() ? passwords.hash(password.asText()) : null;
  }

  private ObjectNode withLink(User user) {
    return user.shown().put("setupPath", user.passwordHash() == null ? link(user) : null);
  }

  private String link(User user) {
    return AccessPart.setupPath(sessions.setupTicket(Sessions.Subject.of(user)), user.name());
  }

  private static HttpResponse unknown(String name) {
    return ApiErrors.notFound("user " + name + " does not exist");
  }
}
