package io.endomesh.testkit.database;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;

/**
 * A running database server on loopback, with one user and one database. Thread-safe.
 *
 * @param password empty if it asks for none
 */
public record DatabaseServer(
    int port, String user, String password, String database, ServerProcess process)
    implements AutoCloseable {

  /** Starts a server in an empty directory that is its own. */
  @FunctionalInterface
  public interface Start {
    DatabaseServer in(Path directory) throws IOException;
  }

  @Override
  public void close() {
    process.close();
  }

  /** Starts a server in a directory that goes with it. */
  public static Temporary temporary(Start start) throws IOException {
    Path directory = Files.createTempDirectory("endomesh-database-");
    try {
      return new Temporary(start.in(directory), directory);
    } catch (IOException | RuntimeException e) {
      delete(directory);
      throw e;
    }
  }

  /** A server and its directory, which are gone when it is closed. Thread-safe. */
  public record Temporary(DatabaseServer server, Path directory) implements AutoCloseable {
    @Override
    public void close() throws IOException {
      server.close();
      delete(directory);
    }
  }

  private static void delete(Path directory) throws IOException {
    try (Stream<Path> all = Files.walk(directory)) {
      for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    }
  }
}
