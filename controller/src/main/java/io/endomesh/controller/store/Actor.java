package io.endomesh.controller.store;

/**
 * Who does something to the controller, from where, and why. Immutable.
 *
 * @param name a user, {@code admin-token}, {@code api-token/ID}, a workload's identity, …
 * @param address of the connection, empty if it is not known
 * @param why in their own words, for the history and the audit log; empty if they said nothing
 */
public record Actor(String name, String address, String why) {

  /** A sentence or two; who has more to say puts it where the resources are kept. */
  public static final int MAX_WHY = 300;

  /** The controller itself, and what has no caller. */
  public static final Actor CONTROLLER = new Actor("controller", "");

  public Actor {
    why = oneLine(why);
    why = why.length() <= MAX_WHY ? why : why.substring(0, MAX_WHY);
  }

  public Actor(String name, String address) {
    this(name, address, "");
  }

  /** The same one, who says this of what is done, unless more was said already. */
  public Actor because(String reason) {
    return why.isEmpty() ? new Actor(name, address, reason) : this;
  }

  /** Something that this actor has done, to be kept with it. */
  public AuditEntry did(String action, String subject) {
    return AuditEntry.done(this, action, subject, null, null);
  }

  /** It is printed to terminals, and in tables. */
  private static String oneLine(String text) {
    return text.replaceAll("[\\p{Cntrl}\\s]+", " ").strip();
  }
}
