package io.endomesh.contracts.webflux;

import static org.assertj.core.api.Assertions.assertThat;

import io.endomesh.testkit.HttpPathContract;
import io.endomesh.testkit.Library;
import io.endomesh.testkit.NotApplicable;
import io.endomesh.testkit.ServerUnderTest;
import io.endomesh.testkit.StagedCode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Library(name = "Spring WebFlux over Reactor Netty", staged = "webflux")
@NotApplicable(
    promise = "server_withoutPolicy_routesToBothApplications",
    reason =
        "Spring rewrites no paths; a filter of the application does so behind the policy. That it"
            + " routes to both applications, its own test says")
class WebFluxPathsTest extends HttpPathContract {

  @Override
  protected ServerUnderTest start() {
    return StagedCode.make(
        getClass(), ServerUnderTest.class, "io.endomesh.contracts.webflux.library.RoutingWebFlux");
  }

  /** Else the contract's vectors would show nothing: those it refuses itself reach nobody. */
  @ParameterizedTest
  @CsvSource({
    "/admin, admin, /admin",
    "/admin/x, admin, /admin/x",
    "/public/x, public, /public/x",
    "/%61dmin/x, admin, /admin/x",
    "/admin;a=b/x, admin, /admin/x",
    "/public/../admin/x, public, /public/../admin/x",
    "/public/..;a=b/admin/x, public, /public/../admin/x",
    "/admin/x?/public, admin, /admin/x",
    "http://localhost/admin/x, admin, /admin/x",
    "/admin%2Fx, '', ''",
    "/ADMIN/x, '', ''",
    "/nobody/x, '', ''",
  })
  void path_asItIsWritten_isRoutedBySpringAs(String target, String application, String path)
      throws Exception {
    assertThat(ask(target).application()).isEqualTo(application);
    assertThat(ask(target).path()).isEqualTo(path);
  }
}
