package io.endomesh.contracts.jetty10;

import io.endomesh.contracts.jetty.JettyPathContract;

/** The contract on one version of Jetty 10, told which ambiguous paths to route. */
abstract class Jetty10Paths extends JettyPathContract {

  /**
   * @param compliance name of a {@code UriCompliance}, empty for those that have none
   */
  Jetty10Paths(String compliance) {
    super(
        "/admin/a/b",
        "io.endomesh.contracts.jetty9.server.RoutingJetty",
        "io.endomesh.contracts.jetty9.server.Application",
        /* compact= */ false,
        compliance);
  }
}
