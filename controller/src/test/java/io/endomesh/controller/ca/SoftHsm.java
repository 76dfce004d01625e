package io.endomesh.controller.ca;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Real tokens, of SoftHSM. Its library reads where they are from the environment of a process, so
 * whatever uses them is a process of its own. {@link TokenFiller} puts keys into them.
 */
public record SoftHsm(Path directory) {

  static final String PIN = "4711";

  private static final Pattern SLOT = Pattern.compile("reassigned to slot (\\d+)");

  private static @Nullable Path library() {
    return Stream.of(
            "/usr/lib/softhsm/libsofthsm2.so",
            "/usr/lib64/pkcs11/libsofthsm2.so",
            "/usr/local/lib/softhsm/libsofthsm2.so",
            "/opt/homebrew/lib/softhsm/libsofthsm2.so")
        .map(Path::of)
        .filter(Files::exists)
        .findFirst()
        .orElse(null);
  }

  /** Null if nothing is. */
  public static @Nullable String missing() {
    return library() == null ? "skipped, no SoftHSM (expected: the package softhsm2)" : null;
  }

  /** Three tokens: mesh, several, empty. */
  public static SoftHsm make(Path directory) throws Exception {
    SoftHsm made = new SoftHsm(directory);
    Path tokens = Files.createDirectory(directory.resolve("tokens"));
    Files.writeString(
        directory.resolve("softhsm2.conf"),
        "directories.tokendir = " + tokens + "\nobjectstore.backend = file\nlog.level = ERROR\n");
    for (String label : List.of("mesh", "several", "empty")) {
      String said =
          made.run(
              "softhsm2-util",
              "--init-token",
              "--free",
              "--label=" + label,
              "--so-pin=00000815",
              "--pin=" + PIN);
      Matcher slot = SLOT.matcher(said);
      assertThat(slot.find()).as(said).isTrue();
      made.configuration(label, "slot = " + slot.group(1));
    }
    made.secret("pin", PIN + "\n");
    return made;
  }

  public Path configuration(String name, String more) throws Exception {
    return Files.writeString(
        configuration(name), "name = " + name + "\nlibrary = " + library() + "\n" + more + "\n");
  }

  public Path configuration(String name) {
    return directory.resolve(name + ".cfg");
  }

  public Path pin() {
    return directory.resolve("pin");
  }

  public Path secret(String name, String content) throws Exception {
    Path file = Files.writeString(directory.resolve(name), content);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    return file;
  }

  /** A JVM that knows where the tokens are. */
  public ProcessBuilder java(Class<?> main, String... arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-XX:TieredStopAtLevel=1");
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.add(main.getName());
    command.addAll(Arrays.asList(arguments));
    return process(command);
  }

  private ProcessBuilder process(List<String> command) {
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder
        .environment()
        .put("SOFTHSM2_CONF", directory.resolve("softhsm2.conf").toAbsolutePath().toString());
    return builder;
  }

  private String run(String... command) throws Exception {
    return run(process(Arrays.asList(command)), 0);
  }

  /** All that it says. */
  public static String run(ProcessBuilder builder, int exit) throws Exception {
    Process process = builder.start();
    try {
      process.getOutputStream().close();
      String said = new String(process.getInputStream().readAllBytes(), UTF_8);
      assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
      assertThat(process.exitValue()).as(said).isEqualTo(exit);
      return said;
    } finally {
      process.destroyForcibly();
    }
  }
}
