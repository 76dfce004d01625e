package io.endomesh.telemetry;

import io.endomesh.dataplane.authorize.Observation;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The log lines about calls the mesh answered itself, or would have by a policy that only looks on,
 * and about statements that a policy finds slow: who, what, and which policy. The first of a kind
 * is written at once; those that follow are summed up, so that a client which is refused a thousand
 * times a second does not fill a disk. Telemetry thread only.
 */
final class RefusalLog {

  /** Between two lines of one kind. */
  private static final long INTERVAL_NANOS = TimeUnit.SECONDS.toNanos(10);

  /** Kinds remembered; the oldest is forgotten first and would be written anew. */
  private static final int MAX_KINDS = 256;

  /** Enough to recognise a path; a client could send megabytes. */
  private static final int MAX_TEXT = 200;

  private final Consumer<String> log;
  private final LongSupplier nanoTime;
  private final Map<Kind, Seen> kinds = new LinkedHashMap<>();

  private record Kind(@Nullable String who, @Nullable String policy) {}

  private static final class Seen {
    long writtenNanos;
    int more;
    String line = "";
  }

  RefusalLog(Consumer<String> log, LongSupplier nanoTime) {
    this.log = log;
    this.nanoTime = nanoTime;
  }

  void add(Observed refused) {
    Kind kind = kind(refused);
    Seen seen = kinds.get(kind);
    if (seen == null) {
      forgetOldest();
      seen = new Seen();
      seen.writtenNanos = nanoTime.getAsLong();
      kinds.put(kind, seen);
      log.accept(line(refused));
    } else {
      seen.more++;
      seen.line = line(refused);
    }
  }

  /** Writes what was summed up, where it is time. */
  void flush() {
    long now = nanoTime.getAsLong();
    for (Iterator<Seen> all = kinds.values().iterator(); all.hasNext(); ) {
      Seen seen = all.next();
      if (now - seen.writtenNanos < INTERVAL_NANOS) {
        continue;
      }
      if (seen.more == 0) {
        all.remove();
        continue;
      }
      log.accept(seen.line + " repeated=" + seen.more);
      seen.more = 0;
      seen.writtenNanos = now;
    }
  }

  private void forgetOldest() {
    if (kinds.size() < MAX_KINDS) {
      return;
    }
    Iterator<Seen> oldest = kinds.values().iterator();
    Seen seen = oldest.next();
    if (seen.more > 0) {
      log.accept(seen.line + " repeated=" + seen.more);
    }
    oldest.remove();
  }

  private static Kind kind(Observed refused) {
    if (refused instanceof ObservedStatement statement) {
      return new Kind(
          statement.database.service() + " " + statement.statement.summary(),
          // Guard, limit, breaker and fault are told apart by it.
          policy(statement) + " " + (statement.policy == null ? "" : statement.sqlState));
    }
    return refused instanceof ObservedRequest request
        ? new Kind(request.caller, String.valueOf(request.decision()))
        : new Kind(((ObservedAttempt) refused).destination, ((ObservedAttempt) refused).policy);
  }

  private static String line(Observed refused) {
    if (refused instanceof ObservedRequest request) {
      return request(request);
    }
    if (refused instanceof ObservedStatement statement) {
      return statement(statement);
    }
    ObservedAttempt attempt = (ObservedAttempt) refused;
    return "not sent destination="
        + attempt.destination
        + what(attempt.method, attempt.path, attempt.policy, attempt)
        + " trace="
        + attempt.span.getTraceId();
  }

  /** What a policy refused, and what one that only looks on would have. */
  private static String request(ObservedRequest request) {
    String who = request.caller;
    if (who == null) {
      who = "unauthenticated@" + request.remoteAddress;
    }
    Observation observation = request.observation;
    String policy = request.policy;
    String verb = "refused";
    if (policy == null && observation != null) {
      verb = verb(observation);
      policy =
          switch (verb) {
            case UNANSWERED -> observation.unansweredBy();
            case WOULD_REFUSE -> observation.refusedBy();
            default -> observation.auditedBy();
          };
    }
    return verb
        + " caller="
        + who
        + what(request.method, request.path, policy, request)
        + (request.why == null ? "" : " why=\"" + sentence(request.why) + '"')
        + (observation == null || observation.auditedBy() == null || verb.equals(AUDITED)
            ? ""
            : " audit=\"" + observation.auditedBy() + '"')
        + " trace="
        + request.span.getTraceId();
  }

  private static final String UNANSWERED = "let through without an answer";
  private static final String WOULD_REFUSE = "would refuse";
  private static final String AUDITED = "audited";

  /** The one that an operator has to see first. */
  private static String verb(Observation observation) {
    if (observation.unansweredBy() != null) {
      return UNANSWERED;
    }
    return observation.refusedBy() == null ? AUDITED : WOULD_REFUSE;
  }

  /** Its values are not in the text, see {@code SqlStatement}. */
  private static String statement(ObservedStatement statement) {
    String text = statement.statement.text();
    return (statement.policy != null ? "refused statement" : "slow statement")
        + " destination="
        + statement.database.service()
        + (statement.policy != null
            ? ""
            : " millis=" + TimeUnit.NANOSECONDS.toMillis(statement.durationNanos))
        + " policy=\""
        + policy(statement)
        + "\" text=\""
        + sentence(text == null ? statement.statement.summary() : text)
        + (statement.policy == null ? "\"" : "\" state=" + statement.sqlState)
        + " trace="
        + statement.span.getTraceId();
  }

  private static @Nullable String policy(ObservedStatement statement) {
    return statement.policy != null ? statement.policy : statement.slowBy;
  }

  private static String what(
      String method, String path, @Nullable String policy, Observed observed) {
    return " method="
        + printable(method)
        + " path="
        + printable(path)
        + " policy=\""
        + policy
        + "\" status="
        + observed.status;
  }

  /** Without line breaks and the like, which would forge lines of their own. */
  private static String printable(String text) {
    return sentence(text).replace(' ', '?');
  }

  /** As {@link #printable}, with blanks, and without the quotes that stand around it. */
  private static String sentence(String text) {
    int length = Math.min(text.length(), MAX_TEXT);
    StringBuilder printable = new StringBuilder(length);
    for (int i = 0; i < length; i++) {
      char c = text.charAt(i);
      printable.append(c == '"' ? '\'' : c >= ' ' && c < 0x7f ? c : '?');
    }
    return printable.toString();
  }
}
