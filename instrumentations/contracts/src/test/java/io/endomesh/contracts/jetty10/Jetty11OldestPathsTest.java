package io.endomesh.contracts.jetty10;

import io.endomesh.testkit.Library;

@Library(name = "Jetty", staged = "jetty11-oldest")
class Jetty11OldestPathsTest extends Jetty11Paths {

  Jetty11OldestPathsTest() {
    super(/* compliance= */ "");
  }
}
