package io.endomesh.contracts.jetty;

import io.endomesh.testkit.Library;

@Library(name = "Jetty, UriCompliance.LEGACY", staged = "jetty-12.1")
class Jetty12NewestLegacyPathsTest extends JettyPaths {

  Jetty12NewestLegacyPathsTest() {
    super("LEGACY", "/admin/a/b");
  }
}
