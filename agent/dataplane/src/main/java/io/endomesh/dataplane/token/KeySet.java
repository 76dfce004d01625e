package io.endomesh.dataplane.token;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The keys of an issuer, a JWK Set (RFC 7517, 5). Immutable. */
public final class KeySet {

  /** Nothing is verified by it. */
  public static final KeySet EMPTY = new KeySet(List.of());

  /** Issuers have two or three keys; large ones twenty. */
  private static final int MAX_KEYS = 100;

  private final List<VerificationKey> keys;

  private KeySet(List<VerificationKey> keys) {
    this.keys = List.copyOf(keys);
  }

  /**
   * Keys of other types and uses, and those that are not safe to use, are passed over (RFC 7517,
   * 5).
   *
   * @throws InvalidToken if it is no JWK Set, or none of its keys is safe to use
   */
  public static KeySet of(String jwks) throws InvalidToken {
    if (!(Json.object("JWK set", jwks).get("keys") instanceof List<?> list)) {
      throw new InvalidToken("JWK set: no list of keys (expected: RFC 7517, 5)");
    }
    if (list.size() > MAX_KEYS) {
      throw new InvalidToken(
          "JWK set: " + list.size() + " keys (expected: at most " + MAX_KEYS + ")");
    }
    List<VerificationKey> keys = new ArrayList<>();
    InvalidToken unsafe = null;
    for (Object item : list) {
      if (!(item instanceof Map<?, ?>)) {
        throw new InvalidToken("JWK set: a key that is no object (expected: RFC 7517, 4)");
      }
      try {
        @SuppressWarnings("unchecked") // Objects are read as maps by name, see Json.
        VerificationKey key = VerificationKey.of((Map<String, Object>) item);
        if (key != null) {
          keys.add(key);
        }
      } catch (InvalidToken e) {
        unsafe = e;
      }
    }
    if (keys.isEmpty() && unsafe != null) {
      throw unsafe;
    }
    return new KeySet(keys);
  }

  /** How many of the keys can verify a token. */
  public int size() {
    return keys.size();
  }

  void verify(Jwt token) throws InvalidToken {
    boolean named = false;
    String id = token.keyId();
    for (VerificationKey key : keys) {
      if (id != null && key.id() != null && !id.equals(key.id())) {
        continue;
      }
      named = true;
      Algorithm algorithm = token.algorithm();
      if (key.verifies(algorithm)
          && algorithm.verifies(key.key(), token.signed(), token.signature())) {
        return;
      }
    }
    throw new InvalidToken(
        keys.isEmpty()
            ? "no key of its issuer is known"
            : named ? "its signature is of none of its issuer's keys" : "its key is not known");
  }

  /** For equality of rules: two sets with the same keys are one. */
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof KeySet set && keys.equals(set.keys);
  }

  @Override
  public int hashCode() {
    return keys.hashCode();
  }
}
