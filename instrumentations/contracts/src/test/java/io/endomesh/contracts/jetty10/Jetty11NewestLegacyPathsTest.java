package io.endomesh.contracts.jetty10;

import io.endomesh.testkit.Library;
import io.endomesh.testkit.Release;

@Library(name = "Jetty, UriCompliance.LEGACY", staged = "jetty11-newest", release = Release.BETWEEN)
class Jetty11NewestLegacyPathsTest extends Jetty11Paths {

  Jetty11NewestLegacyPathsTest() {
    super("LEGACY");
  }
}
