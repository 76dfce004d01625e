package io.endomesh.controller.ramp;

/** One ramp: what is wanted, and how far it is. Immutable. */
record Ramp(RampPlan plan, RampState state) {

  Ramp with(RampState other) {
    return new Ramp(plan, other);
  }

  boolean isActive() {
    return state.status().isActive();
  }
}
