package io.endomesh.contracts.jetty9;

import io.endomesh.testkit.Library;
import io.endomesh.testkit.Release;

@Library(name = "Jetty", staged = "jetty-9.4.58", release = Release.NEWEST)
class Jetty9NewestPathsTest extends JettyPaths {

  Jetty9NewestPathsTest() {
    super(/* compact= */ false);
  }
}
