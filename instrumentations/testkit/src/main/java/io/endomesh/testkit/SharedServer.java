package io.endomesh.testkit;

import io.endomesh.testkit.database.DatabaseServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * A database server that the test classes of a JVM share; the last one to need it is followed by
 * its end. Where it is not installed the tests are skipped and say so, but never in CI.
 * Thread-safe.
 */
public final class SharedServer implements BeforeAllCallback {

  private final String name;
  private final String kind;
  private final Optional<DatabaseServer.Start> start;
  private volatile @Nullable DatabaseServer server;

  /**
   * @param name also that of the Debian package
   * @param start empty if it is not installed
   */
  public SharedServer(String name, Optional<DatabaseServer.Start> start) {
    this(name, "", start);
  }

  /**
   * @param kind tells servers of one package apart
   */
  public SharedServer(String name, String kind, Optional<DatabaseServer.Start> start) {
    this.name = name;
    this.kind = kind;
    this.start = start;
  }

  @Override
  public void beforeAll(ExtensionContext context) {
    if (start.isEmpty()) {
      String missing = name + ": not installed (expected: apt-get install " + name + ")";
      if ("true".equals(System.getenv("CI"))) {
        throw new AssertionError(missing);
      }
      Assumptions.abort("skipped, " + missing);
    }
    server =
        context
            .getRoot()
            .getStore(ExtensionContext.Namespace.create(SharedServer.class))
            .computeIfAbsent(name + kind, key -> begin(), DatabaseServer.Temporary.class)
            .server();
  }

  public DatabaseServer server() {
    DatabaseServer running = server;
    if (running == null) {
      throw new IllegalStateException(name + ": not started (expected: a registered extension)");
    }
    return running;
  }

  private DatabaseServer.Temporary begin() {
    try {
      return DatabaseServer.temporary(start.orElseThrow());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
