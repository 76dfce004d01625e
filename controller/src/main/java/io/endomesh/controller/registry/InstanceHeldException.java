package io.endomesh.controller.registry;

import io.endomesh.controller.ca.WorkloadIdentity;

/** A workload wants an instance name that belongs to another identity. */
public final class InstanceHeldException extends Exception {

  private static final long serialVersionUID = 1L;

  InstanceHeldException(String instance, WorkloadIdentity holder) {
    super(
        "instance: '"
            + instance
            + "' is held by "
            + holder
            + ", which keeps it (expected: a name of its own; start the process anew to get another,"
            + " or wait until that instance has ended)");
  }
}
