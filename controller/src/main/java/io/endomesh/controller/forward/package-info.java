/** What agents report, sent on to others: to any collector by OTLP, and to Zipkin. */
@NullMarked
package io.endomesh.controller.forward;

import org.jspecify.annotations.NullMarked;
