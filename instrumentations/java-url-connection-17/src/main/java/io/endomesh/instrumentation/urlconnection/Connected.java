package io.endomesh.instrumentation.urlconnection;

import java.net.Socket;
import org.jspecify.annotations.Nullable;

/** What connecting came to: a socket, or what {@code doConnect} is to throw. Immutable. */
public record Connected(@Nullable Socket socket, @Nullable Throwable failure) {}
