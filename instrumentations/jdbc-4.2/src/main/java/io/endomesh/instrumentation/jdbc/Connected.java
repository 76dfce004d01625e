package io.endomesh.instrumentation.jdbc;

import java.sql.Connection;
import org.jspecify.annotations.Nullable;

/**
 * How opening a connection through the mesh ended: one of the two is null, or both if the driver
 * would not have the URL. Immutable. Public because woven code hands it from enter to exit.
 */
public record Connected(@Nullable Connection connection, @Nullable Throwable error) {}
