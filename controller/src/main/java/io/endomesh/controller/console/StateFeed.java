package io.endomesh.controller.console;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
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
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells every open console the state of the mesh each second, or what changed in it. Each is
 * written once, however many look at it, and not at all if nobody does. Thread-safe.
 */
final class StateFeed implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(StateFeed.class);

  /** The console promises to show what is, two seconds later at most. */
  private static final long PERIOD_MILLIS = 1000;

  private final LongFunction<ObjectNode> stateJson;
  private final Set<Viewer> viewers = ConcurrentHashMap.newKeySet();
  private final ScheduledExecutorService timer;
  // Guarded by this.
  private long sequence;
  private ObjectNode last = JsonNodeFactory.instance.objectNode();

  /** An open console. Events are sent by one thread at a time: who opens it, then the timer. */
  private static final class Viewer {
    private final HttpResponseWriter writer;
    private final BooleanSupplier admitted;
    private final boolean changes;
    private volatile CompletableFuture<Void> sent = CompletableFuture.completedFuture(null);
    // Guarded by the feed.
    private long has = -1;

    Viewer(HttpResponseWriter writer, BooleanSupplier admitted, boolean changes) {
      this.writer = writer;
      this.admitted = admitted;
      this.changes = changes;
    }

    void send(Event event) {
      if (!admitted.getAsBoolean()) {
        if (writer.tryWrite(HttpData.ofUtf8("event: logout\ndata: {}\n\n"))) {
          writer.close();
        }
        return;
      }
      HttpData data = changes && has >= 0 && has == event.since ? event.change() : event.whole();
      if (sent.isDone() && writer.tryWrite(data)) {
        // Who reads slower than we write misses states, and never makes us keep more than one.
        sent = writer.whenConsumed();
        has = event.sequence;
      }
    }
  }

  /** One state, written as it is asked for. Used by one thread at a time. */
  private static final class Event {
    private final long sequence;
    private final long since;
    private final Supplier<ObjectNode> changes;
    private final ObjectNode state;
    private @Nullable HttpData whole;
    private @Nullable HttpData change;

    Event(long sequence, ObjectNode before, ObjectNode state) {
      this.sequence = sequence;
      this.since = before.path("sequence").asLong(-1);
      this.changes = () -> StateChanges.between(before, state);
      this.state = state;
    }

    HttpData whole() {
      HttpData data = whole == null ? data("state", state) : whole;
      whole = data;
      return data;
    }

    HttpData change() {
      HttpData data = change == null ? data("change", changes.get()) : change;
      change = data;
      return data;
    }

    private HttpData data(String name, ObjectNode json) {
      return HttpData.ofUtf8("id: " + sequence + "\nevent: " + name + "\ndata: " + json + "\n\n");
    }
  }

  /**
   * @param stateJson the state, for an event of this number; not changed after
   */
  StateFeed(LongFunction<ObjectNode> stateJson) {
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
   * @param changes whether what changed is enough, after a first whole state
   */
  HttpResponse open(BooleanSupplier admitted, boolean changes) {
    HttpResponseWriter writer = HttpResponse.streaming();
    writer.write(
        ResponseHeaders.builder(HttpStatus.OK)
            .contentType(MediaType.EVENT_STREAM)
            .set(HttpHeaderNames.CACHE_CONTROL, "no-store")
            // Proxies that collect an answer before they pass it on would never pass this one.
            .set("x-accel-buffering", "no")
            .build());
    Viewer viewer = new Viewer(writer, admitted, changes);
    synchronized (this) {
      viewer.send(viewers.isEmpty() ? next() : new Event(sequence, last, last));
      viewers.add(viewer);
    }
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
      synchronized (this) {
        Event event = next();
        viewers.forEach(viewer -> viewer.send(event));
      }
    } catch (RuntimeException e) {
      // The timer would never run again. The consoles say that they wait, and get the next state.
      log.warn("The consoles got no state this second", e);
    }
  }

  /** Called by who holds this. */
  private Event next() {
    ObjectNode state = stateJson.apply(sequence + 1);
    Event event = new Event(++sequence, last, state);
    last = state;
    return event;
  }

  @Override
  public void close() {
    timer.shutdownNow();
    viewers.forEach(viewer -> viewer.writer.close());
  }
}
