package io.endomesh.controller.telemetry;

/**
 * What an agent said of calls, as it said it. Immutable.
 *
 * @param metric its name in the semantic conventions
 */
record Reported(String metric, Attributes attributes) {}
