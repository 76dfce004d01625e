package io.endomesh.weaving;

/**
 * What became of an instrumentation in this JVM. Immutable.
 *
 * @param enabled false if it is switched off, or off for at least one class loader because its
 *     library does not fit
 * @param reason why not, in a sentence a user can act on; empty if enabled
 * @param wovenClasses classes that carry its advice now
 */
public record InstrumentationState(String name, boolean enabled, String reason, int wovenClasses) {}
