package io.endomesh.controller.access;

import io.endomesh.controller.tokens.Secrets;
import java.time.Clock;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Logins that had their answer: another one is a replay. Bounded: beyond, the oldest is forgotten,
 * and the provider alone keeps its code from being used twice. Thread-safe.
 */
final class UsedAttempts {

  private static final int MAX = 10_000;

  private final Clock clock;
  // By digest, in the order in which they came. Guarded by this.
  private final Map<String, Instant> used = new LinkedHashMap<>();

  UsedAttempts(Clock clock) {
    this.clock = clock;
  }

  /** False if it was there. */
  synchronized boolean add(String secret, Instant end) {
    Instant now = clock.instant();
    used.values().removeIf(over -> !now.isBefore(over));
    if (used.size() >= MAX) {
      used.remove(used.keySet().iterator().next());
    }
    return used.putIfAbsent(Secrets.digest(secret), end) == null;
  }
}
