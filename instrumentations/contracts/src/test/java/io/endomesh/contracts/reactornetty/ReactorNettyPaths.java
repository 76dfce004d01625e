package io.endomesh.contracts.reactornetty;

import static org.assertj.core.api.Assertions.assertThat;

import io.endomesh.testkit.HttpPathContract;
import io.endomesh.testkit.NotApplicable;
import io.endomesh.testkit.ServerUnderTest;
import io.endomesh.testkit.StagedCode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The contract on routes of one version of the server. */
@NotApplicable(
    promise = "server_withoutPolicy_routesToBothApplications",
    reason = "the server rewrites no paths; that it routes to both applications, its own test says")
abstract class ReactorNettyPaths extends HttpPathContract {

  @Override
  protected final ServerUnderTest start() {
    return StagedCode.make(
        getClass(),
        ServerUnderTest.class,
        "io.endomesh.contracts.reactornetty.library.RoutingReactive");
  }

  /** Else the contract's vectors would show nothing: those it refuses itself reach nobody. */
  @ParameterizedTest
  @CsvSource({
    "/admin, admin, /admin",
    "/admin/x, admin, /admin/x",
    "/public/x, public, /public/x",
    "/public/../admin/x, public, /public/../admin/x",
    "/admin/../public/x, admin, /admin/../public/x",
    "/admin//x, admin, /admin//x",
    "/admin/x;a=b, admin, /admin/x;a=b",
    "/admin/%61, admin, /admin/%61",
    "/admin/x?/public, admin, /admin/x",
    "http://localhost/admin/x, admin, /admin/x",
    "/%61dmin/x, '', ''",
    "/admin;a=b/x, '', ''",
    "//admin/x, '', ''",
    "/ADMIN/x, '', ''",
    "/nobody/x, '', ''",
  })
  void path_asItIsWritten_isRoutedByTheServerAs(String target, String application, String path)
      throws Exception {
    assertThat(ask(target).application()).isEqualTo(application);
    assertThat(ask(target).path()).isEqualTo(path);
  }
}
