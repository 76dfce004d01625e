package io.endomesh.contracts.tomcat;

import io.endomesh.testkit.StagedCode;
import io.endomesh.testkit.StagedHttpServerContract;
import io.endomesh.testkit.StagedLibrary;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The contract on one version of Tomcat. */
abstract class TomcatVersion extends StagedHttpServerContract {

  private static final String SERVER = "io.endomesh.contracts.tomcat.server.";

  /** What knows nothing of the server it runs in, of either Jakarta EE. */
  private static final String JAVAX = "io.endomesh.contracts.jetty9.server.";

  private static final String JAKARTA = "io.endomesh.contracts.jetty.server.";

  @TempDir
  @SuppressWarnings("NullAway.Init")
  Path directory;

  @Override
  protected Staged start() {
    boolean javax = StagedLibrary.of(getClass()).version().startsWith("9.");
    return StagedCode.of(getClass(), SERVER, JAVAX, JAKARTA)
        .make(
            Staged.class,
            SERVER + "TomcatServer",
            directory,
            (javax ? JAVAX : JAKARTA) + "EchoUpgrade",
            (javax ? "Javax" : "Jakarta") + "EchoEndpoint");
  }

  /** WebSockets read and write past it, by what only Tomcat itself can use. */
  @Test
  void upgradeOfAServlet_isACallThatEndsWithIt_andGoesOnByItself() throws Exception {
    assertGoesOnByItself("/upgraded");
    assertSaysBackAMegabyte("/upgraded");
  }
}
