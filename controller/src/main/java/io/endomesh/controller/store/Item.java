package io.endomesh.controller.store;

/** One thing that a store holds, to be carried to another. Immutable. */
public sealed interface Item {

  /** A resource as it is now. */
  record Current(StoredResource resource) implements Item {}

  record Fact(String name, String value) implements Item {}

  /** One entry of the history; the oldest comes first. */
  record Past(Change change) implements Item {}

  /** One line of the audit log; the oldest comes first. */
  record Audited(AuditEntry entry) implements Item {}

  /** A secret beside the store, as it lies there: {@code root.pem}. */
  record Secret(String name, String content) implements Item {

    /** Without the secret, which must not come into a log. */
    @Override
    public String toString() {
      return "Secret[name=" + name + "]";
    }
  }
}
