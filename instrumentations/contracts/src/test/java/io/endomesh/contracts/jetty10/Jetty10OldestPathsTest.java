package io.endomesh.contracts.jetty10;

import io.endomesh.testkit.Library;

@Library(name = "Jetty", staged = "jetty10-oldest")
class Jetty10OldestPathsTest extends Jetty10Paths {

  Jetty10OldestPathsTest() {
    super(/* compliance= */ "");
  }
}
