package io.endomesh.contracts.jetty;

import io.endomesh.testkit.Library;

@Library(name = "Jetty", staged = "jetty-12.1")
class Jetty12NewestPathsTest extends JettyPaths {

  Jetty12NewestPathsTest() {
    super("DEFAULT", "");
  }
}
