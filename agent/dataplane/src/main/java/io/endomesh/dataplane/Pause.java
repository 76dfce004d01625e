package io.endomesh.dataplane;

/**
 * Wait, then ask {@link Call#next} again: what a fault that delays calls decides. Immutable.
 *
 * @param nanos to wait, more than 0
 * @param decidedBy resource and rule that decided
 */
public record Pause(long nanos, String decidedBy) implements Decision {}
