package io.endomesh.controller.access;

import org.jspecify.annotations.Nullable;

/**
 * What a route asks of its callers. Immutable.
 *
 * @param right that is asked; null unless {@code who} is {@link Who#ALLOWED}
 * @param namespace where the request says which namespace it is about
 */
record Need(Who who, @Nullable Right right, Where namespace) {

  enum Who {
    /** Anybody: the login, the console's files, the agent's jar, the health check. */
    ANYBODY,
    /** Workloads; the service itself asks for a join token or a certificate of the mesh. */
    WORKLOAD,
    /** Somebody who logged in: what concerns only themselves. */
    PERSON,
    /** Who has the right. */
    ALLOWED
  }

  /** A grant for one namespace is good only where the request names it. */
  enum Where {
    NOWHERE,
    PATH,
    QUERY,
    /** The service asks again with each namespace that it reads there. */
    BODY
  }

  static final Need ANYBODY = new Need(Who.ANYBODY, null, Where.NOWHERE);

  static final Need WORKLOAD = new Need(Who.WORKLOAD, null, Where.NOWHERE);

  static final Need PERSON = new Need(Who.PERSON, null, Where.NOWHERE);

  static Need of(Right right) {
    return new Need(Who.ALLOWED, right, Where.NOWHERE);
  }

  static Need of(Right right, Where namespace) {
    return new Need(Who.ALLOWED, right, namespace);
  }

  /** As docs/access.md has it. */
  String text() {
    return switch (who) {
      case ANYBODY -> "anybody";
      case WORKLOAD -> "workloads";
      case PERSON -> "who is logged in";
      case ALLOWED -> right == null ? "nobody" : right.text();
    };
  }
}
