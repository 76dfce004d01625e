package io.endomesh.contracts.jetty9;

import static org.assertj.core.api.Assertions.assertThat;

import io.endomesh.contracts.jetty.JettyPathContract;
import org.junit.jupiter.api.Test;

/** The contract on one version of Jetty 9, told to take several slashes for one, or not. */
abstract class JettyPaths extends JettyPathContract {

  private final boolean compact;

  JettyPaths(boolean compact) {
    super(
        "/admin/a/b",
        "io.endomesh.contracts.jetty9.server.RoutingJetty",
        "io.endomesh.contracts.jetty9.server.Application",
        compact,
        /* compliance= */ "");
    this.compact = compact;
  }

  @Test
  void slashesInARow_areRoutedByJettyAsItIsToldTo() throws Exception {
    assertThat(ask("//admin/x").path()).isEqualTo(compact ? "/admin/x" : "");
  }
}
