package io.endomesh.contracts.helidon;

import static org.assertj.core.api.Assertions.assertThat;

import io.endomesh.testkit.HttpPathContract;
import io.endomesh.testkit.NotApplicable;
import io.endomesh.testkit.ServerUnderTest;
import io.endomesh.testkit.StagedCode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The contract on one version of Helidon's routing. */
@NotApplicable(
    promise = "server_withoutPolicy_routesToBothApplications",
    reason =
        "the server rewrites no paths, reroute is the application's own dispatch; that it routes to"
            + " both applications, its own test says")
abstract class HelidonPathContract extends HttpPathContract {

  @Override
  protected final ServerUnderTest start() {
    return StagedCode.make(
        getClass(), ServerUnderTest.class, "io.endomesh.contracts.helidon.server.HelidonPaths");
  }

  /** Else the contract's vectors would show nothing: those it refuses itself reach nobody. */
  @ParameterizedTest
  @CsvSource({
    "/admin/x, admin, /admin/x",
    "/public/x, public, /public/x",
    "/admin//x, admin, /admin/x",
    "/%61dmin/x, admin, /admin/x",
    "/public/../admin/x, admin, /admin/x",
    "/public/%2e%2e/admin/x, public, /public/../admin/x",
    "/admin%2Fx, admin, /admin/x",
    "/admin;a=b/x, admin, /admin/x",
    "/admin/x?/public, admin, /admin/x",
    "/nobody/x, '', ''",
  })
  void path_asItIsWritten_isRoutedByTheServerAs(String target, String application, String path)
      throws Exception {
    assertThat(ask(target).application()).isEqualTo(application);
    assertThat(ask(target).path()).isEqualTo(path);
  }
}
