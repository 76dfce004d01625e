package io.endomesh.contracts.tomcat;

import static org.assertj.core.api.Assertions.assertThat;

import io.endomesh.testkit.HttpServerContract;
import io.endomesh.testkit.LibraryLoader;
import io.endomesh.testkit.ServerUnderTest;
import io.endomesh.testkit.StagedLibrary;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The contract on one version of Tomcat. */
abstract class TomcatVersion extends HttpServerContract {

  private static final String SERVER = "io.endomesh.contracts.tomcat.server.";

  /** Loaded once for all tests of a class, as by an application. */
  private static final Map<Class<?>, LibraryLoader> LOADERS = new ConcurrentHashMap<>();

  private final StagedLibrary library = StagedLibrary.of(getClass());

  @TempDir
  @SuppressWarnings("NullAway.Init")
  Path directory;

  @Override
  protected ServerUnderTest start() throws Exception {
    return (ServerUnderTest)
        LOADERS
            .computeIfAbsent(getClass(), test -> new LibraryLoader(library.classPath(), SERVER))
            .loadClass(SERVER + "TomcatServer")
            .getConstructor(Path.class)
            .newInstance(directory);
  }

  @Test
  void version_isTheOneStaged() throws Exception {
    assertThat(server.getClass().getMethod("version").invoke(server))
        .asString()
        .startsWith(library.version());
  }
}
