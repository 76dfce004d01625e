package io.endomesh.contracts.jetty9;

import static org.assertj.core.api.Assertions.assertThat;

import io.endomesh.testkit.HttpPathContract;
import io.endomesh.testkit.LibraryLoader;
import io.endomesh.testkit.ServerUnderTest;
import io.endomesh.testkit.StagedLibrary;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The contract on one version of Jetty, told to take several slashes for one, or not. */
abstract class JettyPaths extends HttpPathContract {

  private static final String SERVER = "io.endomesh.contracts.jetty9.server.";

  /** Loaded once for all tests of a class, as by an application. */
  private static final Map<Class<?>, LibraryLoader> LOADERS = new ConcurrentHashMap<>();

  private final StagedLibrary library = StagedLibrary.of(getClass());
  private final boolean compact;

  JettyPaths(boolean compact) {
    this.compact = compact;
  }

  @Override
  protected ServerUnderTest start() throws Exception {
    return (ServerUnderTest)
        LOADERS
            .computeIfAbsent(getClass(), test -> new LibraryLoader(library.classPath(), SERVER))
            .loadClass(SERVER + "RoutingJetty")
            .getConstructor(boolean.class)
            .newInstance(compact);
  }

  /** Else the contract's vectors would show nothing: those it refuses itself reach nobody. */
  @ParameterizedTest
  @CsvSource({
    "/admin/x, /admin/x",
    "/./admin/x, /admin/x",
    "/public/../admin/x, /admin/x",
    "/%61dmin/x, /admin/x",
    "/admin;a=b/x, /admin/x",
    "/admin/x?/public, /admin/x",
    "http://localhost/admin/x, /admin/x",
    "/moved/x, /admin/x",
    "/admin/a%2Fb, /admin/a/b",
    "/admin, /admin",
    "/admin/, /admin/",
    "/ADMIN/x, ''",
    "/admin%00/x, ''",
    "/admin/%zz, ''",
  })
  void path_asItIsWritten_isRoutedByJettyAs(String target, String path) throws Exception {
    assertThat(ask(target).path()).isEqualTo(path);
  }

  @Test
  void slashesInARow_areRoutedByJettyAsItIsToldTo() throws Exception {
    assertThat(ask("//admin/x").path()).isEqualTo(compact ? "/admin/x" : "");
  }
}
