package io.endomesh.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/**
 * The contract on one staged version of a library: {@link Library} says which, and a class in a
 * package of its own, loaded anew for each version, says how it serves.
 */
public abstract class StagedHttpServerContract extends HttpServerContract {

  /** A server that knows its version. Thread-safe. */
  public interface Staged extends ServerUnderTest {

    /** As the library says it of itself, to be compared with the one staged. */
    String version();
  }

  /** Made by {@link StagedCode#make}. */
  @Override
  protected abstract Staged start() throws Exception;

  @Test
  void version_isTheOneStaged() {
    assertThat(((Staged) server).version()).isEqualTo(StagedLibrary.of(getClass()).version());
  }
}
