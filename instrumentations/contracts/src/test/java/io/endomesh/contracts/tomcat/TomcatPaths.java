package io.endomesh.contracts.tomcat;

import static org.assertj.core.api.Assertions.assertThat;

import io.endomesh.testkit.HttpPathContract;
import io.endomesh.testkit.ServerUnderTest;
import io.endomesh.testkit.StagedCode;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The contract on one version of Tomcat, and on what it may be told to do with {@code %2F}. */
abstract class TomcatPaths extends HttpPathContract {

  private final String encodedSolidus;
  private final String escapedSlash;

  @TempDir
  @SuppressWarnings("NullAway.Init")
  Path directory;

  /**
   * @param escapedSlash what {@code /admin/a%2Fb} then becomes; empty if it is refused
   */
  TomcatPaths(String encodedSolidus, String escapedSlash) {
    this.encodedSolidus = encodedSolidus;
    this.escapedSlash = escapedSlash;
  }

  @Override
  protected ServerUnderTest start() {
    return StagedCode.make(
        getClass(),
        ServerUnderTest.class,
        "io.endomesh.contracts.tomcat.server.RoutingTomcat",
        directory,
        encodedSolidus);
  }

  /** Else the contract's vectors would show nothing: those it refuses itself reach nobody. */
  @ParameterizedTest
  @CsvSource({
    "/admin/x, /admin/x",
    "//admin/x, /admin/x",
    "/./admin/x, /admin/x",
    "/public/../admin/x, /admin/x",
    "/%61dmin/x, /admin/x",
    "/public/%2e%2e/admin/x, /admin/x",
    "/admin;a=b/x, /admin/x",
    "/public/..;/admin/x, /admin/x",
    "/;/admin/x, /admin/x",
    "/admin/x?/public, /admin/x",
    "http://localhost/admin/x, /admin/x",
    "/moved/x, /admin/x",
    "/admin, /admin",
    "/admin/, /admin/",
    "/ADMIN/x, ''",
    "/admin%00/x, ''",
    "/admin/x#y, ''",
    "/public/..%5Cadmin/x, ''",
    "/admin/%zz, ''",
  })
  void path_asItIsWritten_isRoutedByTomcatAs(String target, String path) throws Exception {
    assertThat(ask(target).path()).isEqualTo(path);
  }

  @Test
  void slashThatIsEscaped_isRoutedByTomcatAsItIsToldTo() throws Exception {
    assertThat(ask("/admin/a%2Fb").path()).isEqualTo(escapedSlash);
  }
}
