package io.endomesh.instrumentation.httpclient5;

import io.endomesh.dataplane.http.LocalAnswer;
import org.jspecify.annotations.Nullable;

/**
 * What a call, or an attempt, comes to. Immutable.
 *
 * @param local an answer of the mesh that the application is still to get; null if the answer is a
 *     server's, which the application gets as it comes, or nobody
 */
record AsyncAnswer(@Nullable LocalAnswer local) {

  static final AsyncAnswer OF_SERVER = new AsyncAnswer(null);
}
