package io.endomesh.instrumentation.vertx;

import io.vertx.core.http.RequestOptions;

/** By its class the call hook knows an attempt. Not thread-safe. */
final class AttemptOptions extends RequestOptions {}
