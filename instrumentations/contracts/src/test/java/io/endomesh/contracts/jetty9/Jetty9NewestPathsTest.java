package io.endomesh.contracts.jetty9;

import io.endomesh.testkit.Library;

@Library(name = "Jetty", staged = "jetty-9.4.58")
class Jetty9NewestPathsTest extends JettyPaths {

  Jetty9NewestPathsTest() {
    super(/* compact= */ false);
  }
}
