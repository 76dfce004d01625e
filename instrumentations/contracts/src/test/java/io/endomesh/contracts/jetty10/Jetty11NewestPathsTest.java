package io.endomesh.contracts.jetty10;

import io.endomesh.testkit.Library;
import io.endomesh.testkit.Release;

@Library(name = "Jetty", staged = "jetty11-newest", release = Release.BETWEEN)
class Jetty11NewestPathsTest extends Jetty11Paths {

  Jetty11NewestPathsTest() {
    super("DEFAULT");
  }
}
