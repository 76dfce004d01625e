package io.endomesh.controller.console;

import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Login links and the sessions they begin. They live in memory: a restart of the controller ends
 * them. Thread-safe.
 */
final class Logins {

  /** Time to walk to the browser; a link that lies about in a log is worth nothing. */
  static final Duration TICKET_TTL = Duration.ofMinutes(10);

  /** A working day. */
  static final Duration SESSION_TTL = Duration.ofHours(12);

  /** 256 bits: nobody guesses one. */
  private static final int BYTES = 32;

  private static final SecureRandom RANDOM = new SecureRandom();

  private final Clock clock;
  private final Map<String, Instant> tickets = new ConcurrentHashMap<>();
  private final Map<String, Instant> sessions = new ConcurrentHashMap<>();

  Logins(Clock clock) {
    this.clock = clock;
  }

  /** Good for one login. */
  String newTicket() {
    forgetEnded(tickets);
    return add(tickets, TICKET_TTL);
  }

  /**
   * Begins a session.
   *
   * @return empty if the ticket was used before, is too old, or was never given
   */
  Optional<String> redeem(String ticket) {
    Instant end = tickets.remove(ticket);
    if (end == null || !clock.instant().isBefore(end)) {
      return Optional.empty();
    }
    forgetEnded(sessions);
    return Optional.of(add(sessions, SESSION_TTL));
  }

  boolean isSession(@Nullable String session) {
    if (session == null) {
      return false;
    }
    Instant end = sessions.get(session);
    return end != null && clock.instant().isBefore(end);
  }

  void end(String session) {
    sessions.remove(session);
  }

  private String add(Map<String, Instant> secrets, Duration ttl) {
    byte[] random = new byte[BYTES];
    RANDOM.nextBytes(random);
    String secret = Base64.getUrlEncoder().withoutPadding().encodeToString(random);
    secrets.put(secret, clock.instant().plus(ttl));
    return secret;
  }

  private void forgetEnded(Map<String, Instant> secrets) {
    Instant now = clock.instant();
    secrets.values().removeIf(end -> !now.isBefore(end));
  }
}
