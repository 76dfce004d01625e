package io.endomesh.dataplane.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class LastStreamsTest {

  /** Looked at by one thread; what it answers is told by its subclass. */
  private static class Looked implements LastStreams.Connection {
    final CountDownLatch ended = new CountDownLatch(1);
    final AtomicInteger looks = new AtomicInteger();

    @Override
    public boolean isQuiet() {
      looks.incrementAndGet();
      return true;
    }

    @Override
    public void end() {
      ended.countDown();
    }

    boolean ends() throws InterruptedException {
      return ended.await(10, TimeUnit.SECONDS);
    }
  }

  @Test
  void connection_quietAtTwoLooks_ends() throws Exception {
    Looked connection = new Looked();
    LastStreams.endInNextPause(connection);

    assertThat(connection.ends()).isTrue();
    assertThat(connection.looks).hasValue(2);
  }

  @Test
  void connection_busyBetweenTheLooks_isLookedAtAnew() throws Exception {
    Looked connection =
        new Looked() {
          @Override
          public boolean isQuiet() {
            super.isQuiet();
            return looks.get() != 2;
          }
        };
    LastStreams.endInNextPause(connection);

    assertThat(connection.ends()).isTrue();
    assertThat(connection.looks).as("quiet, busy, quiet, quiet").hasValue(4);
  }

  @Test
  void connection_withARequestBetweenTheLooks_isLookedAtAnew() throws Exception {
    Looked connection =
        new Looked() {
          @Override
          public boolean isQuiet() {
            if (looks.incrementAndGet() == 2) {
              // One that began and ended since the last look.
              LastStreams.endInNextPause(this);
            }
            return true;
          }
        };
    LastStreams.endInNextPause(connection);

    assertThat(connection.ends()).isTrue();
    assertThat(connection.looks.get()).isGreaterThan(2);
  }

  @Test
  void connection_thatCannotBeLookedAt_isLeftAlone_andTheOthersEnd() throws Exception {
    Looked broken =
        new Looked() {
          @Override
          public boolean isQuiet() {
            super.isQuiet();
            throw new LinkageError("of another version");
          }
        };
    Looked connection = new Looked();
    LastStreams.endInNextPause(broken);
    LastStreams.endInNextPause(connection);

    assertThat(connection.ends()).isTrue();
    assertThat(broken.looks).hasValue(1);
    assertThat(broken.ended.getCount()).isEqualTo(1);
  }
}
