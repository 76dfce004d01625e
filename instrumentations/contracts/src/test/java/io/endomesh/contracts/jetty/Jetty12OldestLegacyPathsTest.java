package io.endomesh.contracts.jetty;

import io.endomesh.testkit.Library;

@Library(name = "Jetty, UriCompliance.LEGACY", staged = "jetty-12.0")
class Jetty12OldestLegacyPathsTest extends JettyPaths {

  Jetty12OldestLegacyPathsTest() {
    super("LEGACY", "/admin/a/b");
  }
}
