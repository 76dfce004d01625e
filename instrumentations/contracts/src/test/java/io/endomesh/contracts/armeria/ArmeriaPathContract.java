package io.endomesh.contracts.armeria;

import static org.assertj.core.api.Assertions.assertThat;

import io.endomesh.testkit.HttpPathContract;
import io.endomesh.testkit.NotApplicable;
import io.endomesh.testkit.ServerUnderTest;
import io.endomesh.testkit.StagedCode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The contract on services of one version of the server. */
@NotApplicable(
    promise = "server_withoutPolicy_routesToBothApplications",
    reason = "Armeria rewrites no paths; that it routes to both applications, its own test says")
abstract class ArmeriaPathContract extends HttpPathContract {

  @Override
  protected final ServerUnderTest start() {
    return StagedCode.make(
        getClass(), ServerUnderTest.class, "io.endomesh.contracts.armeria.library.ArmeriaPaths");
  }

  /** Else the contract's vectors would show nothing: those it refuses itself reach nobody. */
  @ParameterizedTest
  @CsvSource({
    "/admin, admin, /admin",
    "/admin/x, admin, /admin/x",
    "/public/x, public, /public/x",
    "/admin//x, admin, /admin/x",
    "//admin/x, admin, /admin/x",
    "/%61dmin/x, admin, /admin/x",
    "/admin/x?/public, admin, /admin/x",
    "/ADMIN/x, '', ''",
    "/nobody/x, '', ''",
  })
  void path_asItIsWritten_isRoutedByTheServerAs(String target, String application, String path)
      throws Exception {
    assertThat(ask(target).application()).isEqualTo(application);
    assertThat(ask(target).path()).isEqualTo(path);
  }
}
