package io.endomesh.contracts.tomcat;

import io.endomesh.testkit.StagedCode;
import io.endomesh.testkit.StagedHttpServerContract;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

/** The contract on one version of Tomcat. */
abstract class TomcatVersion extends StagedHttpServerContract {

  @TempDir
  @SuppressWarnings("NullAway.Init")
  Path directory;

  @Override
  protected Staged start() {
    return StagedCode.make(
        getClass(), Staged.class, "io.endomesh.contracts.tomcat.server.TomcatServer", directory);
  }
}
