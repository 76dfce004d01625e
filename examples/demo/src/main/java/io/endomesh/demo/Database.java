package io.endomesh.demo;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The database of the shop: PostgreSQL where it is installed, else H2 in server mode. Both are real
 * servers on loopback, in a process of their own.
 *
 * @param url as the application is given it; the host is a logical one
 */
record Database(String kind, Child process, int port, String url) implements AutoCloseable {

  private static final Duration START = Duration.ofSeconds(60);

  /** The logical name, which no DNS knows. */
  static final String HOST = "orders-db";

  static Database start(Installation installation, Path run) {
    Optional<Path> postgres = postgresBin();
    try {
      return postgres.isPresent() ? postgres(postgres.get(), run) : h2(installation, run);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The same database under its real address, for a shop without a mesh. */
  String directUrl() {
    return url.replace(HOST, "127.0.0.1:" + port);
  }

  @Override
  public void close() {
    process.close();
  }

  private static Database postgres(Path bin, Path run) throws IOException {
    Path data = Files.createDirectory(run.resolve("postgres"));
    List<String> asOwner = new ArrayList<>();
    if ("root".equals(System.getProperty("user.name"))) {
      // PostgreSQL refuses to run as root; its package made a user for it.
      run(run, List.of("chown", "postgres", data.toString()));
      for (Path path = data.getParent(); path != null; path = path.getParent()) {
        letThrough(path);
      }
      asOwner.addAll(List.of("setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"));
    }
    run(
        run,
        concat(
            asOwner,
            List.of(
                bin.resolve("initdb").toString(),
                "--pgdata=" + data,
                "--username=shop",
                "--auth=trust",
                "--encoding=UTF8",
                "--no-sync")));
    int port = freePort();
    Child server =
        Child.start(
            "postgres",
            run,
            Map.of(),
            concat(
                asOwner,
                List.of(
                    bin.resolve("postgres").toString(),
                    "-D",
                    data.toString(),
                    "-c",
                    "listen_addresses=127.0.0.1",
                    "-c",
                    "port=" + port,
                    "-c",
                    "unix_socket_directories=",
                    "-c",
                    "fsync=off")));
    server.awaitOutput(Pattern.compile("(ready to accept connections)"), START);
    run(
        run,
        List.of(
            bin.resolve("createdb").toString(),
            "--host=127.0.0.1",
            "--port=" + port,
            "--username=shop",
            "shop"));
    return new Database("PostgreSQL", server, port, "jdbc:postgresql://" + HOST + "/shop");
  }

  private static Database h2(Installation installation, Path run) throws IOException {
    int port = freePort();
    Child server =
        Child.start(
            "h2",
            run,
            Map.of(),
            Installation.java(
                "-cp",
                installation.h2().toString(),
                "org.h2.tools.Server",
                "-tcp",
                "-tcpPort",
                Integer.toString(port),
                "-baseDir",
                run.resolve("h2").toString(),
                "-ifNotExists"));
    Await.until("H2 listening", START, () -> answers(port));
    return new Database("H2", server, port, "jdbc:h2:tcp://" + HOST + "/shop;USER=shop");
  }

  private static Optional<Path> postgresBin() {
    Path versions = Path.of("/usr/lib/postgresql");
    if (!Files.isDirectory(versions)) {
      return Optional.empty();
    }
    try (Stream<Path> found = Files.list(versions)) {
      return found
          .map(version -> version.resolve("bin"))
          .filter(bin -> Files.isExecutable(bin.resolve("initdb")))
          .max(Path::compareTo);
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /** Lets another user pass through a directory on the way to its own. */
  private static void letThrough(Path directory) throws IOException {
    var permissions = Files.getPosixFilePermissions(directory);
    if (permissions.add(java.nio.file.attribute.PosixFilePermission.OTHERS_EXECUTE)
        && Files.getOwner(directory).getName().equals(System.getProperty("user.name"))) {
      Files.setPosixFilePermissions(directory, permissions);
    }
  }

  private static void run(Path logs, List<String> command) {
    String name = Path.of(command.get(0)).getFileName().toString();
    Child child = Child.start(name, logs, Map.of(), command);
    int exit = child.awaitExit(START);
    CheckFailed.unless(exit == 0, name + " ended with " + exit + ": " + child.output());
  }

  private static boolean answers(int port) {
    try (Socket socket = new Socket("127.0.0.1", port)) {
      return socket.isConnected();
    } catch (IOException notYet) {
      return false;
    }
  }

  /** A port for a server that cannot choose one itself. */
  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  private static List<String> concat(List<String> first, List<String> second) {
    List<String> all = new ArrayList<>(first);
    all.addAll(second);
    return all;
  }
}
