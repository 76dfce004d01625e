package io.endomesh.demo;

import io.endomesh.testkit.database.DatabaseServer;
import io.endomesh.testkit.database.H2Server;
import io.endomesh.testkit.database.PostgresServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The database of the shop: PostgreSQL where it is installed, else H2 in server mode. Both are real
 * servers on loopback, in a process of their own.
 *
 * @param url as the application is given it; the host is a logical one
 */
record Database(String kind, DatabaseServer server, String url) implements AutoCloseable {

  /** The logical name, which no DNS knows. */
  static final String HOST = "orders-db";

  private static final String USER = "shop";
  private static final String NO_PASSWORD = "";
  private static final String NAME = "shop";

  static Database start(Installation installation, Path run) {
    Optional<PostgresServer> postgres = PostgresServer.installed();
    try {
      if (postgres.isPresent()) {
        Path directory = Files.createDirectory(run.resolve("postgres"));
        return new Database(
            "PostgreSQL",
            postgres.get().start(directory, USER, NO_PASSWORD, NAME),
            "jdbc:postgresql://" + HOST + "/shop");
      }
      Path directory = Files.createDirectory(run.resolve("h2"));
      String jar = installation.h2().toString();
      return new Database(
          "H2",
          H2Server.start(directory, jar, USER, NO_PASSWORD, NAME),
          "jdbc:h2:tcp://" + HOST + "/shop;USER=shop");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  int port() {
    return server.port();
  }

  /** The same database under its real address, for a shop without a mesh. */
  String directUrl() {
    return url.replace(HOST, "127.0.0.1:" + port());
  }

  @Override
  public void close() {
    server.close();
  }
}
