package io.endomesh.instrumentation.tomcat.test;

import static org.assertj.core.api.Assertions.assertThat;

import io.endomesh.testkit.HttpServerContract;
import io.endomesh.testkit.LibraryLoader;
import io.endomesh.testkit.ServerUnderTest;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The contract on one version of Tomcat. */
abstract class TomcatContract extends HttpServerContract {

  private final String version;

  @TempDir
  @SuppressWarnings("NullAway.Init")
  Path directory;

  TomcatContract(String version) {
    this.version = version;
  }

  @Override
  protected ServerUnderTest start() throws Exception {
    Path jar =
        Path.of(
            System.getProperty("tomcat.directory"), "tomcat-" + version, "tomcat-embed-core.jar");
    LibraryLoader loader =
        new LibraryLoader(jar.toString(), "io.endomesh.instrumentation.tomcat.test.server.");
    return (ServerUnderTest)
        loader
            .loadClass("io.endomesh.instrumentation.tomcat.test.server.TomcatServer")
            .getConstructor(Path.class)
            .newInstance(directory);
  }

  @Test
  void version_isTheOneOfThisTest() throws Exception {
    assertThat(server.getClass().getMethod("version").invoke(server))
        .asString()
        .startsWith(version);
  }
}
