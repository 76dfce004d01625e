package io.endomesh.instrumentation.httpclient5;

import org.jspecify.annotations.Nullable;

/**
 * A call that goes on by itself.
 *
 * @param thrown what code of the application inside the first attempt threw, and the library would
 *     let through to who called it; null if its callback is told all there is to tell
 */
public record Begun(@Nullable Throwable thrown) {}
