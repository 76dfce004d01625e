package io.endomesh.instrumentation.httpserver;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * What became of a read or a write that did not go to the channel itself. Immutable.
 *
 * @param bytes as {@code InputStream} counts them, -1 at the end
 * @param failure what the stream is to throw
 */
record Moved(int bytes, @Nullable IOException failure) {}
