package io.endomesh.instrumentation.httpclient5;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.nio.AsyncEntityProducer;
import org.apache.hc.core5.http.nio.DataStreamChannel;
import org.jspecify.annotations.Nullable;

/**
 * The body of a call, which its attempts send one after the other: the application's producer has
 * one position and can serve one at a time. Nothing of it is kept; copies for mirrors are written
 * along. Thread-safe.
 */
final class RequestBody {

  private final AsyncEntityProducer producer;

  // Guarded by this.
  private final List<BodyCopy> copies = new ArrayList<>(0);
  private @Nullable Turn last;
  private @Nullable Turn current;
  private boolean touched;

  RequestBody(AsyncEntityProducer producer) {
    this.producer = producer;
  }

  /** A next one to send it; it does when those before it are done. */
  synchronized Turn turn() {
    Turn turn = new Turn(last);
    last = turn;
    return turn;
  }

  /**
   * Another that gets what the first to send it writes.
   *
   * @param tooSlow run if it falls too far behind, or the body ends early
   */
  synchronized BodyCopy copy(Runnable tooSlow) {
    BodyCopy copy = new BodyCopy(producer, tooSlow);
    copies.add(copy);
    return copy;
  }

  /** The call is over: what was not written will not be. */
  void over() {
    List<BodyCopy> all;
    synchronized (this) {
      all = List.copyOf(copies);
      copies.clear();
    }
    all.forEach(BodyCopy::broken);
  }

  private synchronized List<BodyCopy> copies() {
    return copies.isEmpty() ? List.of() : List.copyOf(copies);
  }

  private synchronized void take(Turn turn) {
    current = turn;
    restart();
  }

  private void restart() {
    if (touched) {
      producer.releaseResources();
      touched = false;
    }
  }

  /** The producer as one exchange has it. */
  final class Turn implements AsyncEntityProducer {

    private final CompletableFuture<Void> free = new CompletableFuture<>();
    private final @Nullable Turn before;
    private volatile boolean whole;

    private Turn(@Nullable Turn before) {
      this.before = before;
    }

    /** Has it from the last turn on, and runs what is to be done with it. */
    void whenFree(Runnable task) {
      Runnable taking =
          () -> {
            take(this);
            task.run();
          };
      if (before == null || before.free.isDone()) {
        taking.run();
      } else {
        before.free.thenRun(taking);
      }
    }

    /** It sends no more; true if it has sent all. */
    boolean close() {
      free.complete(null);
      return whole;
    }

    @Override
    public void produce(DataStreamChannel channel) throws IOException {
      synchronized (RequestBody.this) {
        if (current != this) {
          throw new InterruptedIOException("another attempt sends the body");
        }
        touched = true;
        producer.produce(new Written(this, channel));
      }
      if (whole) {
        free.complete(null);
      }
    }

    @Override
    public int available() {
      synchronized (RequestBody.this) {
        return current == this ? producer.available() : 0;
      }
    }

    /** From the beginning, as when the library asks again with a password. */
    @Override
    public void releaseResources() {
      synchronized (RequestBody.this) {
        if (current == this) {
          restart();
          written = 0;
          whole = false;
        }
      }
    }

    /** Not the end of the call, so nothing to the application. */
    @Override
    public void failed(Exception cause) {}

    private long written;

    @Override
    public boolean isRepeatable() {
      return producer.isRepeatable();
    }

    @Override
    public long getContentLength() {
      return producer.getContentLength();
    }

    @Override
    public @Nullable String getContentType() {
      return producer.getContentType();
    }

    @Override
    public @Nullable String getContentEncoding() {
      return producer.getContentEncoding();
    }

    @Override
    public boolean isChunked() {
      return producer.isChunked();
    }

    @Override
    public @Nullable Set<String> getTrailerNames() {
      return producer.getTrailerNames();
    }
  }

  /** Notes what is written, and writes it along. */
  private final class Written implements DataStreamChannel {
    private final Turn turn;
    private final DataStreamChannel channel;

    Written(Turn turn, DataStreamChannel channel) {
      this.turn = turn;
      this.channel = channel;
    }

    @Override
    public void requestOutput() {
      channel.requestOutput();
    }

    @Override
    public int write(ByteBuffer part) throws IOException {
      ByteBuffer same = part.duplicate();
      int count = channel.write(part);
      if (count > 0) {
        same.limit(same.position() + count);
        for (BodyCopy copy : copies()) {
          copy.write(turn.written, same.duplicate());
        }
        turn.written += count;
      }
      return count;
    }

    @Override
    public void endStream(@Nullable List<? extends Header> trailers) throws IOException {
      end();
      channel.endStream(trailers);
    }

    @Override
    public void endStream() throws IOException {
      end();
      channel.endStream();
    }

    private void end() {
      turn.whole = true;
      copies().forEach(BodyCopy::end);
    }
  }
}
