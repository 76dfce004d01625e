package io.endomesh.instrumentation.httpclient;

import java.net.http.HttpResponse;
import org.jspecify.annotations.Nullable;

/**
 * What a call through the mesh came to: a response, or what {@code send} is to throw. Immutable.
 */
public record Sent(@Nullable HttpResponse<?> response, @Nullable Throwable error) {}
