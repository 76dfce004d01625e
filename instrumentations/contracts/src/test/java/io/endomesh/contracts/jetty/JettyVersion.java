package io.endomesh.contracts.jetty;

/** The contract on one version of Jetty 12. */
abstract class JettyVersion extends JettyContract {

  JettyVersion() {
    super("io.endomesh.contracts.jetty.server.JettyServer");
  }
}
