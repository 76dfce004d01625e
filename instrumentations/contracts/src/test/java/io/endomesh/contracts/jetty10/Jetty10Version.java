package io.endomesh.contracts.jetty10;

import io.endomesh.contracts.jetty.JettyContract;

/** The contract on one version of Jetty 10, whose servlets are those of Java EE. */
abstract class Jetty10Version extends JettyContract {

  Jetty10Version() {
    super(
        "io.endomesh.contracts.jetty9.server.JettyServer",
        "io.endomesh.contracts.jetty9.server.JettyHandlers");
  }
}
