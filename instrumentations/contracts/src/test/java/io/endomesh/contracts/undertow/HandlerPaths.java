package io.endomesh.contracts.undertow;

import static org.assertj.core.api.Assertions.assertThat;

import io.endomesh.testkit.HttpPathContract;
import io.endomesh.testkit.ServerUnderTest;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The contract on one version of Undertow, its handlers that choose others by the path. */
abstract class HandlerPaths extends HttpPathContract {

  private final UndertowLoader loader = new UndertowLoader(getClass());

  @Override
  protected ServerUnderTest start() throws Exception {
    return loader.handlers("RoutingUndertow");
  }

  /** Else the contract's vectors would show nothing: those it refuses itself reach nobody. */
  @ParameterizedTest
  @CsvSource({
    "/admin/x, /admin/x",
    "/%61dmin/x, /admin/x",
    "/admin/x?/public, /admin/x",
    "http://localhost/admin/x, /admin/x",
    "/moved/x, /admin/x",
    "/ADMIN/x, ''",
  })
  void path_asItIsWritten_isRoutedByUndertowAs(String target, String path) throws Exception {
    assertThat(ask(target).path()).isEqualTo(path);
  }
}
