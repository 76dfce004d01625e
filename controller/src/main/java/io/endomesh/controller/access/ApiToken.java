package io.endomesh.controller.access;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What the controller remembers of an API token: all but the token. Immutable.
 *
 * @param sha256 digest of the token, hexadecimal
 * @param name that its maker gave it, may be empty
 * @param owner who made it; it never does more than they may
 * @param ownerKind how they had proved who they are
 * @param lastUsedAt null if never since the controller started
 */
record ApiToken(
    String id,
    String sha256,
    String name,
    String owner,
    Caller.Kind ownerKind,
    Grants scopes,
    Instant createdAt,
    Instant expiresAt,
    @Nullable Instant lastUsedAt) {

  /** All but the digest: for answers and the audit log. */
  ObjectNode shown() {
    ObjectNode json =
        JsonNodeFactory.instance.objectNode().put("id", id).put("name", name).put("owner", owner);
    scopes.texts().forEach(json.putArray("scopes")::add);
    return json.put("createdAt", createdAt.toString()).put("expiresAt", expiresAt.toString());
  }

  ApiToken usedAt(Instant now) {
    return new ApiToken(id, sha256, name, owner, ownerKind, scopes, createdAt, expiresAt, now);
  }
}
