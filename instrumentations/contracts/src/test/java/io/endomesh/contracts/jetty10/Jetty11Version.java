package io.endomesh.contracts.jetty10;

import io.endomesh.contracts.jetty.JettyContract;

/** The contract on one version of Jetty 11, whose servlets are those of Jakarta EE. */
abstract class Jetty11Version extends JettyContract {

  Jetty11Version() {
    super(
        "io.endomesh.contracts.jetty9.server.JettyServer",
        "io.endomesh.contracts.jetty.server.JettyHandlers");
  }
}
