package io.endomesh.contracts.jetty;

import io.endomesh.testkit.Library;
import io.endomesh.testkit.Release;

@Library(name = "Jetty, UriCompliance.LEGACY", staged = "jetty-12.1", release = Release.NEWEST)
class Jetty12NewestLegacyPathsTest extends JettyPaths {

  Jetty12NewestLegacyPathsTest() {
    super("LEGACY", "/admin/a/b");
  }
}
