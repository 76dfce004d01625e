package io.endomesh.instrumentation.httpclient5;

import org.apache.hc.core5.http.ClassicHttpResponse;
import org.jspecify.annotations.Nullable;

/**
 * What a call through the mesh came to: a response, or what {@code execute} is to throw. Immutable.
 */
public record Sent(@Nullable ClassicHttpResponse response, @Nullable Throwable error) {}
