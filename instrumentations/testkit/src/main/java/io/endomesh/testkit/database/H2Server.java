package io.endomesh.testkit.database;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;

/** H2 in server mode, in a JVM of its own that knows no agent. Stateless. */
public final class H2Server {

  private H2Server() {}

  /**
   * A server of databases in memory, which come to be when they are first named.
   *
   * @param directory that exists and is empty
   * @param jar of H2
   */
  public static DatabaseServer start(
      Path directory, String jar, String user, String password, String database)
      throws IOException {
    ServerProcess server =
        ServerProcess.start(
            directory,
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Dh2.bindAddress=127.0.0.1",
                "-cp",
                jar,
                "org.h2.tools.Server",
                "-tcp",
                "-tcpPort",
                "0",
                "-baseDir",
                directory.toString(),
                "-ifNotExists"));
    String port = server.awaitOutput(Pattern.compile("running at tcp://[^ ]*:([0-9]+) "));
    return new DatabaseServer(Integer.parseInt(port), user, password, database, server);
  }
}
