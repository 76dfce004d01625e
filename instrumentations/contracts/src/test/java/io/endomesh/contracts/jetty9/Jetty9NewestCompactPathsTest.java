package io.endomesh.contracts.jetty9;

import io.endomesh.testkit.Library;
import io.endomesh.testkit.NotApplicable;
import io.endomesh.testkit.Release;

@Library(name = "Jetty, compact paths", staged = "jetty-9.4.58", release = Release.NEWEST)
@NotApplicable(
    promise = "pathThatAloneIsAllowed_howeverItIsWritten_isServed_andNoOther",
    reason =
        "which context takes several slashes for one is known behind the first decision: such a"
            + " path is refused where a policy permits others only")
class Jetty9NewestCompactPathsTest extends JettyPaths {

  Jetty9NewestCompactPathsTest() {
    super(/* compact= */ true);
  }
}
