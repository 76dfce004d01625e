package io.endomesh.contracts.jetty9;

import io.endomesh.testkit.Library;

@Library(name = "Jetty", staged = "jetty-9.4.20")
class Jetty9OldestPathsTest extends JettyPaths {

  Jetty9OldestPathsTest() {
    super(/* compact= */ false);
  }
}
