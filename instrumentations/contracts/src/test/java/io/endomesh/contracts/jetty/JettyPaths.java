package io.endomesh.contracts.jetty;

/** The contract on one version of Jetty 12, told which ambiguous paths to route. */
abstract class JettyPaths extends JettyPathContract {

  /**
   * @param compliance name of a {@code UriCompliance}
   * @param escapedSlash what {@code /admin/a%2Fb} then becomes; empty if it is refused
   */
  JettyPaths(String compliance, String escapedSlash) {
    super(escapedSlash, "io.endomesh.contracts.jetty.server.RoutingJetty", compliance);
  }
}
