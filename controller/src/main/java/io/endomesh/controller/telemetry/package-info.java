/**
 * What agents report: OTLP comes in, exact totals, rates, percentiles and recent traces come out.
 */
@NullMarked
package io.endomesh.controller.telemetry;

import org.jspecify.annotations.NullMarked;
