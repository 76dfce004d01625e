package io.endomesh.controller.access;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Somebody with an account. Immutable.
 *
 * @param tap whether they may see the content of calls, whatever their role
 * @param passwordHash as {@link Passwords} has it; null until it is set by a link
 * @param version grows with each change; sessions of an earlier one are over
 */
record User(
    String name,
    Role role,
    boolean tap,
    @Nullable String passwordHash,
    Instant createdAt,
    long version) {

  Grants grants() {
    Set<Right> rights = new HashSet<>(role.rights());
    if (tap) {
      rights.add(Right.TAP);
    }
    return Grants.of(rights);
  }

  /** All but the hash: for answers and the audit log. */
  ObjectNode shown() {
    return JsonNodeFactory.instance
        .objectNode()
        .put("name", name)
        .put("role", role.text())
        .put("tap", tap)
        .put("password", passwordHash != null)
        .put("createdAt", createdAt.toString());
  }

  User withRole(Role changed, boolean mayTap) {
    return new User(name, changed, mayTap, passwordHash, createdAt, version + 1);
  }

  User withPassword(String hash) {
    return new User(name, role, tap, hash, createdAt, version + 1);
  }

  /** Without the hash, which must not come into a log. */
  @Override
  public String toString() {
    return "User[name=" + name + ", role=" + role.text() + ", tap=" + tap + "]";
  }
}
