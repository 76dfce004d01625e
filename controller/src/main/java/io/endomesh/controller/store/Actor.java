package io.endomesh.controller.store;

/**
 * Who does something to the controller, and from where. Immutable.
 *
 * @param name a user, {@code admin-token}, {@code api-token/ID}, a workload's identity, …
 * @param address of the connection, empty if it is not known
 */
public record Actor(String name, String address) {

  /** The controller itself, and what has no caller. */
  public static final Actor CONTROLLER = new Actor("controller", "");

  /** Something that this actor has done, to be kept with it. */
  public AuditEntry did(String action, String subject) {
    return AuditEntry.done(this, action, subject, null, null);
  }
}
