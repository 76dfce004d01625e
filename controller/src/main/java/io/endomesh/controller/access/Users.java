package io.endomesh.controller.access;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.endomesh.controller.seal.Seal;
import io.endomesh.controller.store.Actor;
import io.endomesh.controller.store.AuditEntry;
import io.endomesh.controller.store.ResourceStore;
import io.endomesh.controller.store.StoreException;
import java.io.IOException;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The accounts of a controller, as facts of its store. Thread-safe. */
final class Users {

  /** Of the facts in the store; the name follows. */
  static final String FACTS = "user/";

  /** E-mail addresses are names too. */
  private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9._@+-]{0,62}");

  private static final Set<String> TAKEN =
      Set.of(Caller.LOOPBACK_NAME, Caller.ADMIN_TOKEN_NAME, Caller.NOBODY_NAME);

  private static final ObjectMapper JSON = new ObjectMapper();

  private final ResourceStore store;
  private final @Nullable Seal seal;
  private final Clock clock;
  // The store is written first: what is not on disk is not promised.
  private final Map<String, User> users = new ConcurrentHashMap<>();

  /**
   * @param seal null: records are in clear
   * @throws IOException with a sentence, if a record is not sealed although it should be
   */
  Users(ResourceStore store, @Nullable Seal seal, Clock clock) throws IOException {
    this.store = store;
    this.seal = seal;
    this.clock = clock;
    for (Map.Entry<String, String> fact : store.facts(FACTS).entrySet()) {
      String name = fact.getKey();
      String record = seal == null ? fact.getValue() : seal.open(name, fact.getValue());
      try {
        User user = read(name.substring(FACTS.length()), record);
        users.put(user.name(), user);
      } catch (JsonProcessingException | IllegalArgumentException | DateTimeException e) {
        throw new IOException(
            name + ": not readable as a user (expected: as the controller wrote it)", e);
      }
    }
  }

  /** Why a change is not made: what is there is against it. */
  static final class Refused extends Exception {
    private static final long serialVersionUID = 1L;

    Refused(String message) {
      super(message);
    }
  }

  boolean isEmpty() {
    return users.isEmpty();
  }

  Optional<User> find(String name) {
    return Optional.ofNullable(users.get(name));
  }

  /** By name. */
  List<User> list() {
    return users.values().stream().sorted(Comparator.comparing(User::name)).toList();
  }

  /**
   * @param passwordHash null: it is set later, by a link
   * @throws IllegalArgumentException if the name is none
   */
  synchronized User create(
      Actor by, String name, Role role, boolean tap, @Nullable String passwordHash)
      throws Refused, StoreException {
    requireName(name);
    if (users.containsKey(name)) {
      throw new Refused("user " + name + " exists already");
    }
    // Never a version that a removed user of that name had: its sessions would live again.
    Instant now = clock.instant();
    return save(
        by, "user.create", null, new User(name, role, tap, passwordHash, now, now.toEpochMilli()));
  }

  /**
   * @throws IllegalArgumentException if it can be no user's name
   */
  static void requireName(String name) {
    if (!NAME.matcher(name).matches()) {
      throw new IllegalArgumentException(
          "name: '"
              + name
              + "' (expected: up to 63 lower-case letters, digits and ._@+-, a letter or digit"
              + " first)");
    }
    if (TAKEN.contains(name)) {
      throw new IllegalArgumentException(
          "name: '"
              + name
              + "' (expected: another one; the history calls the controller's own so)");
    }
  }

  /** The first account; refused once there is one. */
  synchronized User createFirst(Actor by, String name, String passwordHash)
      throws Refused, StoreException {
    if (!users.isEmpty()) {
      throw new Refused("there are users already (expected: a login)");
    }
    return create(by, name, Role.ADMIN, /* tap= */ false, passwordHash);
  }

  /** Empty if there is no such user. */
  synchronized Optional<User> changeRole(Actor by, String name, Role role, boolean tap)
      throws Refused, StoreException {
    User user = users.get(name);
    if (user == null) {
      return Optional.empty();
    }
    if (role != Role.ADMIN) {
      requireAnotherAdmin(user);
    }
    return Optional.of(save(by, "user.role", user, user.withRole(role, tap)));
  }

  /** Empty if there is no such user. */
  synchronized Optional<User> changePassword(Actor by, String name, String passwordHash)
      throws StoreException {
    User user = users.get(name);
    return user == null
        ? Optional.empty()
        : Optional.of(save(by, "user.password", user, user.withPassword(passwordHash)));
  }

  /** The user that was there. */
  synchronized Optional<User> remove(Actor by, String name) throws Refused, StoreException {
    User user = users.get(name);
    if (user == null) {
      return Optional.empty();
    }
    requireAnotherAdmin(user);
    store.removeFact(
        FACTS + name,
        AuditEntry.done(by, "user.remove", FACTS + name, user.shown().toString(), null));
    users.remove(name);
    return Optional.of(user);
  }

  private void requireAnotherAdmin(User leaving) throws Refused {
    boolean another =
        users.values().stream()
            .anyMatch(user -> user.role() == Role.ADMIN && !user.name().equals(leaving.name()));
    if (leaving.role() == Role.ADMIN && !another) {
      throw new Refused(
          leaving.name() + " is the only admin (expected: another one first; nothing was changed)");
    }
  }

  private User save(Actor by, String action, @Nullable User before, User user)
      throws StoreException {
    store.putFact(
        FACTS + user.name(),
        seal == null ? fact(user) : seal.seal(FACTS + user.name(), fact(user)),
        AuditEntry.done(
            by,
            action,
            FACTS + user.name(),
            before == null ? null : before.shown().toString(),
            user.shown().toString()));
    users.put(user.name(), user);
    return user;
  }

  private static String fact(User user) {
    return JSON.createObjectNode()
        .put("role", user.role().text())
        .put("tap", user.tap())
        .put("password", user.passwordHash())
        .put("createdAt", user.createdAt().toString())
        .put("version", user.version())
        .toString();
  }

  private static User read(String name, String fact) throws JsonProcessingException {
    JsonNode user = JSON.readTree(fact);
    return new User(
        name,
        Role.of(user.required("role").asText()),
        user.required("tap").asBoolean(),
        user.path("password").isTextual() ? user.path("password").asText() : null,
        Instant.parse(user.required("createdAt").asText()),
        user.required("version").asLong());
  }
}
