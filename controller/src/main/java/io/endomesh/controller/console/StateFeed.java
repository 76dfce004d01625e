package io.endomesh.controller.console;

import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpResponseWriter;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.common.ResponseHeaders;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.LongFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells every open console the state of the mesh each second. The state is written once, however
 * many look at it, and not at all if nobody does. Thread-safe.
 */
final class StateFeed implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(StateFeed.class);

  /** The console promises to show what is, two seconds later at most. */
  private static final long PERIOD_MILLIS = 1000;

  private final LongFunction<String> stateJson;
  private final Set<Viewer> viewers = ConcurrentHashMap.newKeySet();
  private final ScheduledExecutorService timer;
  // Guarded by this.
  private long sequence;

  /** An open console. Events are sent by one thread at a time: who opens it, then the timer. */
  private static final class Viewer {
    private final HttpResponseWriter writer;
    private final BooleanSupplier admitted;
    private volatile CompletableFuture<Void> sent = CompletableFuture.completedFuture(null);

    Viewer(HttpResponseWriter writer, BooleanSupplier admitted) {
      this.writer = writer;
      this.admitted = admitted;
    }

    void send(HttpData event) {
      if (!admitted.getAsBoolean()) {
        if (writer.tryWrite(HttpData.ofUtf8("event: logout\ndata: {}\n\n"))) {
          writer.close();
        }
      } else if (sent.isDone() && writer.tryWrite(event)) {
        // Who reads slower than we write misses states, and never makes us keep more than one.
        sent = writer.whenConsumed();
      }
    }
  }

  /**
   * @param stateJson the state in one line, for an event of this number
   */
  StateFeed(LongFunction<String> stateJson) {
    this.stateJson = stateJson;
    this.timer =
        Executors.newSingleThreadScheduledExecutor(
            task -> {
              Thread thread = new Thread(task, "endomesh-console-feed");
              thread.setDaemon(true);
              return thread;
            });
    timer.scheduleAtFixedRate(this::tick, PERIOD_MILLIS, PERIOD_MILLIS, TimeUnit.MILLISECONDS);
  }

  /**
   * An endless answer.
   *
   * @param admitted asked before each event; once it says no, the stream ends
   */
  HttpResponse open(BooleanSupplier admitted) {
    HttpResponseWriter writer = HttpResponse.streaming();
    writer.write(
        ResponseHeaders.builder(HttpStatus.OK)
            .contentType(MediaType.EVENT_STREAM)
            .set(HttpHeaderNames.CACHE_CONTROL, "no-store")
            // Proxies that collect an answer before they pass it on would never pass this one.
            .set("x-accel-buffering", "no")
            .build());
    Viewer viewer = new Viewer(writer, admitted);
    viewer.send(event());
    viewers.add(viewer);
    writer.whenComplete().handle((done, broken) -> viewers.remove(viewer));
    return writer;
  }

  int viewers() {
    return viewers.size();
  }

  private void tick() {
    if (viewers.isEmpty()) {
      return;
    }
    try {
      HttpData event = event();
      viewers.forEach(viewer -> viewer.send(event));
    } catch (RuntimeException e) {
      // The timer would never run again. The consoles say that they wait, and get the next state.
      log.warn("The consoles got no state this second", e);
    }
  }

  private synchronized HttpData event() {
    sequence++;
    return HttpData.ofUtf8(
        "id: " + sequence + "\nevent: state\ndata: " + stateJson.apply(sequence) + "\n\n");
  }

  @Override
  public void close() {
    timer.shutdownNow();
    viewers.forEach(viewer -> viewer.writer.close());
  }
}
