package io.endomesh.contracts.jetty9;

import io.endomesh.contracts.jetty.JettyContract;

/** The contract on one version of Jetty 9. */
abstract class JettyVersion extends JettyContract {

  JettyVersion() {
    super(
        "io.endomesh.contracts.jetty9.server.JettyServer",
        "io.endomesh.contracts.jetty9.server.JettyHandlers");
  }
}
