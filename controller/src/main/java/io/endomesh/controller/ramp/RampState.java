package io.endomesh.controller.ramp;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * How far a ramp has come. Immutable.
 *
 * @param step that is in force, -1 before the first
 * @param since when it is
 * @param revision of the resource after our last write: somebody else's makes it another
 * @param pending what is to be written next; kept before it is done, so that a controller that ends
 *     here knows at its next start
 * @param held why it does not go on though it is time; null if it is not time
 * @param why it ended; null while it has not, and if all went well
 * @param events oldest first
 */
record RampState(
    Status status,
    int step,
    Instant since,
    long revision,
    @Nullable Pending pending,
    @Nullable String held,
    @Nullable String why,
    @Nullable Instant endedAt,
    List<Event> events) {

  /** More steps than a day has, and what happens in between. */
  private static final int MAX_EVENTS = 200;

  enum Status {
    RUNNING,
    PAUSED,
    /** The last step held. */
    DONE,
    /** The guard broke, and the weights are those before. */
    ROLLED_BACK,
    /** A person ended it. */
    ABORTED,
    /** Somebody else changed the resource, or it cannot be written: the weights are as found. */
    STOPPED;

    boolean isActive() {
      return this == RUNNING || this == PAUSED;
    }

    String text() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  /**
   * A write that is to be done.
   *
   * @param step in force after it
   * @param then the status after it
   */
  record Pending(
      List<@Nullable Integer> weights, int step, Status then, String text, @Nullable String why) {
    Pending {
      weights = Collections.unmodifiableList(new ArrayList<>(weights));
    }
  }

  /**
   * @param revision that it made; null if it changed no resource
   */
  record Event(Instant at, @Nullable Long revision, String text) {}

  RampState {
    events = List.copyOf(events);
  }

  RampState asking(Pending next) {
    return new RampState(status, step, since, revision, next, null, why, endedAt, events);
  }

  RampState held(@Nullable String reason) {
    return new RampState(status, step, since, revision, pending, reason, why, endedAt, events);
  }

  RampState at(Status other, Instant now, String text) {
    return new RampState(
        other, step, now, revision, pending, null, why, endedAt, with(now, null, text));
  }

  RampState written(long newRevision, Instant now) {
    Pending done = pending;
    if (done == null) {
      throw new IllegalStateException("nothing was to be written");
    }
    return new RampState(
        done.then(),
        done.step(),
        now,
        newRevision,
        null,
        null,
        done.why(),
        done.then().isActive() ? null : now,
        with(now, newRevision, done.text()));
  }

  RampState ended(Status how, Instant now, String text, @Nullable String reason) {
    return new RampState(
        how, step, since, revision, null, null, reason, now, with(now, null, text));
  }

  private List<Event> with(Instant now, @Nullable Long newRevision, String text) {
    List<Event> more = new ArrayList<>(events);
    if (more.size() >= MAX_EVENTS) {
      more.remove(1);
    }
    more.add(new Event(now, newRevision, text));
    return more;
  }
}
