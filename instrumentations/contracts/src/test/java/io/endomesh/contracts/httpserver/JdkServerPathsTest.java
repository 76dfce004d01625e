package io.endomesh.contracts.httpserver;

import static org.assertj.core.api.Assertions.assertThat;

import io.endomesh.testkit.HttpPathContract;
import io.endomesh.testkit.Library;
import io.endomesh.testkit.NotApplicable;
import io.endomesh.testkit.ServerUnderTest;
import java.io.IOException;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Library(name = "JDK `HttpServer`")
@NotApplicable(
    promise = "server_withoutPolicy_routesToBothApplications",
    reason = "the server rewrites no paths; that it routes to both applications, its own test says")
class JdkServerPathsTest extends HttpPathContract {

  @BeforeAll
  static void awaitWeaving() {
    WovenServer.await();
  }

  @Override
  protected ServerUnderTest start() throws IOException {
    return new RoutingServer();
  }

  /** Else the contract's vectors would show nothing: those it refuses itself reach nobody. */
  @ParameterizedTest
  @CsvSource({
    "/admin, admin, /admin",
    "/admin/x, admin, /admin/x",
    "/public/x, public, /public/x",
    "/%61dmin/x, admin, /admin/x",
    "/admin%2Fx, admin, /admin/x",
    "/admin/../public/x, admin, /admin/../public/x",
    "/public/../admin/x, public, /public/../admin/x",
    "/public/%2e%2e/admin/x, public, /public/../admin/x",
    "/admin//x, admin, /admin//x",
    "///admin/x, admin, /admin/x",
    "/admin/x;a=b, admin, /admin/x;a=b",
    "/admin/x?/public, admin, /admin/x",
    "/admin/x#y, admin, /admin/x",
    "http://localhost/admin/x, admin, /admin/x",
    "/nobody/x, '', ''",
    "//admin/x, '', ''",
    "/admin;a=b/x, '', ''",
    "/ADMIN/x, '', ''",
    "/admin/%zz, '', ''",
  })
  void path_asItIsWritten_isRoutedByTheServerAs(String target, String application, String path)
      throws Exception {
    assertThat(ask(target).application()).isEqualTo(application);
    assertThat(ask(target).path()).isEqualTo(path);
  }
}
