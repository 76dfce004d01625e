package io.endomesh.testkit.database;

import static io.endomesh.testkit.database.ServerProcess.concat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** PostgreSQL, the newest that is installed where Debian's packages put it. Immutable. */
public final class PostgresServer {

  /** The package's user: the server refuses to run as root. */
  private static final String OWNER = "postgres";

  private final Path bin;

  private PostgresServer(Path bin) {
    this.bin = bin;
  }

  public static Optional<PostgresServer> installed() {
    Path versions = Path.of("/usr/lib/postgresql");
    if (!Files.isDirectory(versions)) {
      return Optional.empty();
    }
    try (Stream<Path> found = Files.list(versions)) {
      return found
          .map(version -> version.resolve("bin"))
          .filter(bin -> Files.isExecutable(bin.resolve("initdb")))
          .max(Path::compareTo)
          .map(PostgresServer::new);
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /**
   * Starts a server with one user and one database, and waits until it takes connections.
   *
   * @param directory that exists and is empty
   * @param password empty to ask for none
   */
  public DatabaseServer start(Path directory, String user, String password, String database)
      throws IOException {
    return start(directory, user, password, database, null);
  }

  /**
   * The same with TLS: in this database the user is whoever shows the certificate of a workload,
   * and {@link ServerTls#READER} has the same password. Plaintext is refused there.
   */
  public DatabaseServer start(
      Path directory,
      String user,
      String password,
      String database,
      ServerTls.@Nullable Source source)
      throws IOException {
    ServerProcess.giveTo(OWNER, directory);
    Path data = directory.resolve("data");
    Path secret = Files.writeString(directory.resolve("password"), password);
    List<String> asOwner = ServerProcess.as(OWNER);
    ServerProcess.run(
        directory,
        Map.of(),
        concat(
            asOwner,
            concat(
                List.of(
                    bin.resolve("initdb").toString(),
                    "--pgdata=" + data,
                    "--username=" + user,
                    "--encoding=UTF8",
                    "--no-locale",
                    "--no-sync"),
                password.isEmpty()
                    ? List.of("--auth=trust")
                    : List.of("--auth=scram-sha-256", "--pwfile=" + secret))));
    ServerTls tls = source == null ? null : source.writeTo(directory, OWNER);
    if (tls != null) {
      // initdb has made both files, and they stay its owner's.
      Files.writeString(
          data.resolve("pg_hba.conf"),
          String.format(
              "host postgres all 127.0.0.1/32 scram-sha-256%n"
                  + "hostssl %1$s %2$s 127.0.0.1/32 cert clientcert=verify-full map=mesh%n"
                  + "hostssl %1$s %3$s 127.0.0.1/32 scram-sha-256%n",
              database, user, ServerTls.READER));
      Files.writeString(
          data.resolve("pg_ident.conf"), "mesh " + tls.workload() + " " + user + "\n");
    }
    int port = ServerProcess.freePort();
    ServerProcess server =
        ServerProcess.start(
            directory,
            concat(
                concat(asOwner, List.of(bin.resolve("postgres").toString())),
                concat(
                    tls == null ? List.of() : settings(tls),
                    List.of(
                        "-D",
                        data.toString(),
                        "-c",
                        "listen_addresses=127.0.0.1",
                        "-c",
                        "port=" + port,
                        "-c",
                        "unix_socket_directories=",
                        "-c",
                        "fsync=off"))));
    server.awaitOutput(Pattern.compile("(ready to accept connections)"));
    ServerProcess.run(
        directory,
        password.isEmpty() ? Map.of() : Map.of("PGPASSWORD", password),
        List.of(
            bin.resolve("createdb").toString(),
            "--host=127.0.0.1",
            "--port=" + port,
            "--username=" + user,
            database));
    if (tls != null) {
      ServerProcess.run(
          directory,
          Map.of("PGPASSWORD", password),
          List.of(
              bin.resolve("psql").toString(),
              "--host=127.0.0.1",
              "--port=" + port,
              "--username=" + user,
              "--command=CREATE ROLE " + ServerTls.READER + " LOGIN PASSWORD '" + password + "'",
              "postgres"));
    }
    return new DatabaseServer(port, user, password, database, server);
  }

  private static List<String> settings(ServerTls tls) {
    return List.of(
        "-c",
        "ssl=on",
        "-c",
        "ssl_cert_file=" + tls.certificate(),
        "-c",
        "ssl_key_file=" + tls.key(),
        "-c",
        "ssl_ca_file=" + tls.clientRoots());
  }
}
