package io.endomesh.demo;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Where the built parts are.
 *
 * @param home root of the repository
 */
public record Installation(Path home) {

  public Path agent() {
    return built("agent/javaagent/target/endomesh-agent.jar");
  }

  public Path controller() {
    return built("controller/target/endomesh-controller.jar");
  }

  public Path service(String name) {
    return built("examples/shop/" + name + "/target/" + name + ".jar");
  }

  /** The H2 database, which also brings its server. */
  Path h2() {
    Path lib = built("examples/demo/target/lib");
    try (var files = Files.list(lib)) {
      return files
          .filter(file -> file.getFileName().toString().startsWith("h2-"))
          .findFirst()
          .orElseThrow(() -> new CheckFailed("no H2 in " + lib));
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  /** The JVM that runs this program also runs the shop. */
  public static List<String> java(String... arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of(arguments));
    return command;
  }

  /** Also what a killed JVM leaves behind goes away with the demo's directory. */
  static String temporaryFilesIn(Path directory) {
    return "-Djava.io.tmpdir=" + directory;
  }

  private Path built(String path) {
    Path file = home.resolve(path);
    if (!Files.exists(file)) {
      throw new CheckFailed(file + " is not built; ./endomesh demo builds it");
    }
    return file;
  }
}
