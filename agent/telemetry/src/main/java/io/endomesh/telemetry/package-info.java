/** Spans and metrics of what the data plane decided, sent as OTLP to the controller. */
@NullMarked
package io.endomesh.telemetry;

import org.jspecify.annotations.NullMarked;
