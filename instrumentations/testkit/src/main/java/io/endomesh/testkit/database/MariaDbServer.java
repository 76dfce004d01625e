package io.endomesh.testkit.database;

import static io.endomesh.testkit.database.ServerProcess.concat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** MariaDB where Debian's package puts it; MySQL's driver speaks to it as well. Immutable. */
public final class MariaDbServer {

  private static final Path SERVER = Path.of("/usr/sbin/mariadbd");
  private static final Path INSTALL = Path.of("/usr/bin/mariadb-install-db");

  /** The package's user: the server refuses to run as root. */
  private static final String OWNER = "mysql";

  private MariaDbServer() {}

  public static Optional<MariaDbServer> installed() {
    return Files.isExecutable(SERVER) && Files.isExecutable(INSTALL)
        ? Optional.of(new MariaDbServer())
        : Optional.empty();
  }

  /**
   * Starts a server with one user and one database, and waits until it takes connections.
   *
   * @param directory that exists and is empty
   */
  public DatabaseServer start(Path directory, String user, String password, String database)
      throws IOException {
    return start(directory, user, password, database, null);
  }

  /**
   * The same with TLS: the user must show the certificate of a workload as well, {@link
   * ServerTls#READER} has the same password and needs none. Plaintext is refused to both.
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
    List<String> asOwner = ServerProcess.as(OWNER);
    ServerProcess.run(
        directory,
        Map.of(),
        concat(
            asOwner,
            List.of(
                INSTALL.toString(),
                "--no-defaults",
                "--datadir=" + data,
                "--tmpdir=" + directory,
                "--auth-root-authentication-method=normal",
                "--skip-test-db")));
    ServerTls tls = source == null ? null : source.writeTo(directory, OWNER);
    Path setUp = directory.resolve("set-up.sql");
    Files.writeString(
        setUp,
        String.format(
            "CREATE DATABASE %1$s;%nCREATE USER %2$s@'127.0.0.1' IDENTIFIED BY '%3$s'%4$s;%n"
                + "GRANT ALL ON %1$s.* TO %2$s@'127.0.0.1';%n%5$s",
            database,
            user,
            password,
            tls == null ? "" : " REQUIRE SUBJECT '/CN=" + tls.workload() + "'",
            tls == null
                ? ""
                : String.format(
                    "CREATE USER %1$s@'127.0.0.1' IDENTIFIED BY '%2$s' REQUIRE SSL;%n"
                        + "GRANT ALL ON %3$s.* TO %1$s@'127.0.0.1';%n",
                    ServerTls.READER, password, database)));
    int port = ServerProcess.freePort();
    ServerProcess server =
        ServerProcess.start(
            directory,
            concat(
                concat(asOwner, List.of(SERVER.toString(), "--no-defaults")),
                concat(
                    tls == null ? List.of() : settings(tls),
                    List.of(
                        "--datadir=" + data,
                        "--tmpdir=" + directory,
                        "--socket=" + directory.resolve("socket"),
                        "--pid-file=" + directory.resolve("pid"),
                        "--bind-address=127.0.0.1",
                        "--port=" + port,
                        "--skip-name-resolve",
                        "--init-file=" + setUp,
                        "--log-bin-trust-function-creators=1",
                        "--innodb-flush-log-at-trx-commit=0",
                        "--innodb-buffer-pool-size=16M"))));
    server.awaitOutput(Pattern.compile("(ready for connections)"));
    return new DatabaseServer(port, user, password, database, server);
  }

  private static List<String> settings(ServerTls tls) {
    return List.of(
        "--ssl-cert=" + tls.certificate(),
        "--ssl-key=" + tls.key(),
        "--ssl-ca=" + tls.clientRoots());
  }
}
