package io.endomesh.controller.access;

import io.endomesh.controller.tokens.Secrets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Links that are good once, and the sessions they and passwords begin. They live in memory, by
 * digest: a restart of the controller ends them. Thread-safe.
 */
final class Sessions {

  /** What a session's secret begins with. */
  static final String PREFIX = "ems_";

  /** Time to walk to the browser; a link that lies about in a log is worth nothing. */
  private static final Duration LOGIN_TTL = Duration.ofMinutes(10);

  /** Time to read the log of a start, or to be told of one's account. */
  private static final Duration SETUP_TTL = Duration.ofHours(24);

  /** A working day. */
  static final Duration SESSION_TTL = Duration.ofHours(12);

  /** Who guesses passwords gets no session; who has one needs no thousand. */
  private static final int MAX_SESSIONS = 10_000;

  /**
   * Who a link or a session is for.
   *
   * @param version of the user; 0 for who is no user
   * @param guest whom a provider vouched for; null for all others
   */
  record Subject(Caller.Kind kind, String name, long version, @Nullable Guest guest) {

    Subject(Caller.Kind kind, String name, long version) {
      this(kind, name, version, null);
    }

    static Subject of(User user) {
      return new Subject(Caller.Kind.USER, user.name(), user.version());
    }
  }

  /**
   * Somebody of whom nothing is known here but what a provider said at the login.
   *
   * @param id issuer and subject; names change hands
   * @param end when the provider is asked again, whatever they begin until then
   * @param idToken for the logout there
   */
  record Guest(String id, Role role, Instant end, String idToken) {

    /** Without the token. */
    @Override
    public String toString() {
      return "Guest[id=" + id + ", role=" + role.text() + "]";
    }
  }

  enum Purpose {
    /** Begins a session. */
    LOGIN,
    /** Lets its holder choose a password; without a subject, make the first account. */
    SETUP
  }

  private record Ticket(Purpose purpose, @Nullable Subject subject, Instant end) {}

  private record Session(Subject subject, Instant end) {}

  private final Clock clock;
  private final Map<String, Ticket> tickets = new ConcurrentHashMap<>();
  private final Map<String, Session> sessions = new ConcurrentHashMap<>();

  Sessions(Clock clock) {
    this.clock = clock;
  }

  /** Good for one login. */
  String loginTicket(Subject subject) {
    return add(new Ticket(Purpose.LOGIN, subject, clock.instant().plus(LOGIN_TTL)));
  }

  /**
   * Good for setting a password once.
   *
   * @param subject null: for the first account
   */
  String setupTicket(@Nullable Subject subject) {
    return add(new Ticket(Purpose.SETUP, subject, clock.instant().plus(SETUP_TTL)));
  }

  private String add(Ticket ticket) {
    Instant now = clock.instant();
    tickets.values().removeIf(old -> !now.isBefore(old.end()));
    String secret = Secrets.secret("");
    tickets.put(Secrets.digest(secret), ticket);
    return secret;
  }

  /**
   * For whom a login link is; it is used up. Empty if it was used before, is too old, or was never
   * given.
   */
  Optional<Subject> redeem(String secret) {
    String digest = Secrets.digest(secret);
    Ticket ticket = tickets.get(digest);
    if (ticket == null || ticket.purpose() != Purpose.LOGIN || !tickets.remove(digest, ticket)) {
      return Optional.empty();
    }
    return clock.instant().isBefore(ticket.end())
        ? Optional.ofNullable(ticket.subject())
        : Optional.empty();
  }

  /** A setup link. It is used up only by {@link #use}: the password may be too short. */
  record Setup(String digest, @Nullable Subject subject) {}

  Optional<Setup> setup(String secret) {
    String digest = Secrets.digest(secret);
    Ticket ticket = tickets.get(digest);
    return ticket != null
            && ticket.purpose() == Purpose.SETUP
            && clock.instant().isBefore(ticket.end())
        ? Optional.of(new Setup(digest, ticket.subject()))
        : Optional.empty();
  }

  /** False if somebody else was quicker. */
  boolean use(Setup setup) {
    return tickets.remove(setup.digest()) != null;
  }

  /** The secret of a new session. */
  String begin(Subject subject) {
    Instant now = clock.instant();
    if (sessions.size() >= MAX_SESSIONS) {
      sessions.values().removeIf(session -> !now.isBefore(session.end()));
    }
    String secret = Secrets.secret(PREFIX);
    Instant end = now.plus(SESSION_TTL);
    Guest guest = subject.guest();
    if (guest != null && guest.end().isBefore(end)) {
      end = guest.end();
    }
    sessions.put(Secrets.digest(secret), new Session(subject, end));
    return secret;
  }

  /** Whose session it is; empty if it is over, or none. */
  Optional<Subject> subject(String secret) {
    Session session = sessions.get(Secrets.digest(secret));
    return session != null && clock.instant().isBefore(session.end())
        ? Optional.of(session.subject())
        : Optional.empty();
  }

  void end(String secret) {
    sessions.remove(Secrets.digest(secret));
  }

  /**
   * Ends what is over because its subject is: a user that was changed or removed.
   *
   * @return how many sessions that were not over
   */
  int endAll(Predicate<Subject> over) {
    // Links first: one that is followed meanwhile begins a session that is found below.
    tickets.values().removeIf(ticket -> ticket.subject() != null && over.test(ticket.subject()));
    Instant now = clock.instant();
    int ended = 0;
    for (Map.Entry<String, Session> entry : sessions.entrySet()) {
      Session session = entry.getValue();
      if (over.test(session.subject())
          && sessions.remove(entry.getKey(), session)
          && now.isBefore(session.end())) {
        ended++;
      }
    }
    return ended;
  }

  /** For each session that is not over. */
  List<Subject> subjects() {
    Instant now = clock.instant();
    return sessions.values().stream()
        .filter(session -> now.isBefore(session.end()))
        .map(Session::subject)
        .toList();
  }
}
