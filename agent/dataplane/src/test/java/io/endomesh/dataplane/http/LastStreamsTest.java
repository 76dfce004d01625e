package io.endomesh.dataplane.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LastStreamsTest {

  private static final long BEGIN = Long.MAX_VALUE - 5; // System.nanoTime may go over.

  private final LastStreams last = new LastStreams();

  private static class Recorded implements LastStreams.Connection {
    final List<String> said = new ArrayList<>();
    boolean isQuiet;

    @Override
    public void sayGoodbye() {
      said.add("goodbye");
    }

    @Override
    public boolean isQuiet() {
      return isQuiet;
    }

    @Override
    public void end() {
      said.add("end");
    }
  }

  @Test
  void goodbye_isNotSaidWhileARequestRuns() {
    Recorded connection = new Recorded();
    last.add(connection, BEGIN);

    last.look(BEGIN + 1);
    last.look(BEGIN + LastStreams.PATIENCE_NANOS);
    assertThat(connection.said).isEmpty();

    connection.isQuiet = true;
    last.look(BEGIN + 2);
    assertThat(connection.said).containsExactly("goodbye");
  }

  @Test
  void goodbye_wasSaid_endComesAtALaterLookAtWhichNothingRuns() {
    Recorded connection = new Recorded();
    last.add(connection, BEGIN);
    connection.isQuiet = true;
    last.look(BEGIN + 1);

    // What was on its way to us as we said it.
    connection.isQuiet = false;
    last.look(BEGIN + 2);
    assertThat(connection.said).containsExactly("goodbye");

    connection.isQuiet = true;
    last.look(BEGIN + 3);
    last.look(BEGIN + 4);
    assertThat(connection.said).containsExactly("goodbye", "end");
    assertThat(last.size()).isZero();
  }

  @Test
  void connection_thatIsNeverQuiet_isToldAfterAWhile_andNotEnded() {
    Recorded connection = new Recorded();
    last.add(connection, BEGIN);

    last.look(BEGIN + LastStreams.PATIENCE_NANOS + 1);
    last.look(BEGIN + 2 * LastStreams.PATIENCE_NANOS);

    assertThat(connection.said).containsExactly("goodbye");
    assertThat(last.size()).isOne();
  }

  @Test
  void connection_thatIsKnown_isNotAddedAgain_howManyOfItsRequestsEnd() {
    Recorded connection = new Recorded();

    assertThat(last.add(connection, BEGIN)).isTrue();
    for (int i = 0; i < 100_000; i++) {
      assertThat(last.add(connection, BEGIN + i)).isFalse();
    }

    assertThat(last.size()).isOne();
  }

  @Test
  void connection_thatFails_isForgotten_andTheOthersEnd() {
    Recorded failing =
        new Recorded() {
          @Override
          public void sayGoodbye() {
            throw new LinkageError("another version");
          }
        };
    Recorded other = new Recorded();
    last.add(failing, BEGIN);
    last.add(other, BEGIN);
    failing.isQuiet = true;
    other.isQuiet = true;

    last.look(BEGIN + 1);
    last.look(BEGIN + 2);

    assertThat(other.said).containsExactly("goodbye", "end");
    assertThat(last.size()).isZero();
  }
}
