package io.endomesh.controller.store;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One line of the audit log: what somebody did, or was not let do. It holds no secret. Immutable.
 *
 * @param at when; the store sets it where it is null
 * @param action {@code user.create}, or what was asked for: {@code POST /api/v1/apply}
 * @param subject that it was about
 * @param denied whether it was refused; nothing was changed then
 * @param times how often this happened from {@code at} on, within a minute
 * @param why it was refused, or what who did it said of it; empty if neither is known
 * @param before JSON, null if there was nothing, or nothing to be shown
 * @param after JSON, likewise
 */
public record AuditEntry(
    @Nullable Instant at,
    Actor actor,
    String action,
    String subject,
    boolean denied,
    long times,
    String why,
    @Nullable String before,
    @Nullable String after) {

  /** More than any sentence of ours; what callers sent is in some of them. */
  private static final int MAX_TEXT = 300;

  public AuditEntry {
    action = bounded(action);
    subject = bounded(subject);
    why = bounded(why);
  }

  public static AuditEntry done(
      Actor actor, String action, String subject, @Nullable String before, @Nullable String after) {
    return new AuditEntry(null, actor, action, subject, false, 1, actor.why(), before, after);
  }

  public static AuditEntry denied(Actor actor, String action, String subject, String why) {
    return new AuditEntry(null, actor, action, subject, true, 1, why, null, null);
  }

  public AuditEntry at(Instant time, long often) {
    return new AuditEntry(time, actor, action, subject, denied, often, why, before, after);
  }

  /** One line, and no control characters: it is printed to terminals. */
  private static String bounded(String text) {
    String line =
        text.codePoints().anyMatch(Character::isISOControl)
            ? text.replaceAll("\\p{Cntrl}", " ")
            : text;
    return line.length() <= MAX_TEXT ? line : line.substring(0, MAX_TEXT) + "…";
  }
}
