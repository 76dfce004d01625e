package io.endomesh.instrumentation.jdbc;

import java.sql.Connection;
import org.jspecify.annotations.Nullable;

/**
 * How opening a connection through the mesh ended: one of the two is null. Immutable. Public
 * because woven code hands it from enter to exit.
 */
public record Connected(@Nullable Connection connection, @Nullable Throwable error) {}
