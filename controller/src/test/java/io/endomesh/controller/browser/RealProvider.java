package io.endomesh.controller.browser;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** Spring Authorization Server in a JVM of its own ({@code examples/provider}). */
final class RealProvider implements AutoCloseable {

  private static final Path JAR = Path.of("../examples/provider/target/provider.jar");

  private final Process process;
  private final BufferedReader said;
  private final Writer told;
  final String issuer;

  private RealProvider(Process process) throws IOException {
    this.process = process;
    this.said =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    this.told = process.outputWriter(StandardCharsets.UTF_8);
    this.issuer = await("Provider ");
  }

  static RealProvider start() throws IOException {
    if (!Files.exists(JAR)) {
      throw new IOException(
          JAR + ": absent (expected: built by ./mvnw package -pl controller -am)");
    }
    return new RealProvider(
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-Dprovider.port=0",
                "-jar",
                JAR.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start());
  }

  /** From now on browsers may be sent back there. */
  void knows(String console) throws IOException {
    told.write(console + "\n");
    told.flush();
    await("Clients of ");
  }

  private String await(String prefix) throws IOException {
    StringBuilder all = new StringBuilder();
    for (String line = said.readLine(); line != null; line = said.readLine()) {
      if (line.startsWith(prefix)) {
        return line.substring(prefix.length());
      }
      all.append(line).append('\n');
    }
    throw new IOException("the provider does not start: " + all);
  }

  @Override
  public void close() throws IOException {
    told.close();
    try {
      if (!process.waitFor(10, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      process.destroyForcibly();
    }
  }
}
