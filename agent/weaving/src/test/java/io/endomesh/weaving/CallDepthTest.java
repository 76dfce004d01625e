package io.endomesh.weaving;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class CallDepthTest {

  private final CallDepth depth = new CallDepth();

  @Test
  void enter_nested_onlyOutermostIsTold() {
    assertThat(depth.enter()).isTrue();
    assertThat(depth.enter()).isFalse();
    assertThat(depth.exit()).isFalse();
    assertThat(depth.isInside()).isTrue();
    assertThat(depth.exit()).isTrue();
    assertThat(depth.isInside()).isFalse();
  }

  @Test
  void exit_withoutEnter_changesNothing() {
    assertThat(depth.exit()).isFalse();
    assertThat(depth.enter()).isTrue();
  }

  @Test
  void enter_onAnotherThread_isOutermostThere() throws InterruptedException {
    depth.enter();
    boolean[] outermost = new boolean[1];
    Thread other = new Thread(() -> outermost[0] = depth.enter());
    other.start();
    other.join();

    assertThat(outermost[0]).isTrue();
  }
}
