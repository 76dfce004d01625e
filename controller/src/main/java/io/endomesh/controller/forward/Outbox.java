package io.endomesh.controller.forward;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends reports on, by a thread of its own: whoever puts one in waits for nobody. What waits is
 * bounded; what does not fit is dropped and counted. Thread-safe.
 */
final class Outbox implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(Outbox.class);

  /** One request: collectors take 4 MB and more. */
  private static final int MAX_REQUEST_BYTES = 1 << 20;

  private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);

  private static final Duration MAX_PAUSE = Duration.ofSeconds(30);

  /** A controller that stops does not wait for a collector. */
  private static final Duration PATIENCE = Duration.ofSeconds(2);

  private final Destination destination;
  private final Waiting waiting;
  private final Function<List<byte[]>, byte[]> join;
  private final Duration interval;
  private final Duration firstPause;
  private final Thread thread;

  // All guarded by this.
  private long sent;
  private long dropped;
  private long failedRequests;
  private @Nullable String problem;
  private boolean closing;

  /**
   * What was done. Immutable.
   *
   * @param problem why nothing is sent now; null if it is
   */
  record State(long sent, long dropped, long failedRequests, @Nullable String problem) {}

  /**
   * @param join makes a request of reports
   * @param interval between two looks at what waits; zero: at once
   */
  Outbox(
      String name,
      Destination destination,
      Waiting waiting,
      Function<List<byte[]>, byte[]> join,
      Duration interval) {
    this(name, destination, waiting, join, interval, FIRST_PAUSE);
  }

  Outbox(
      String name,
      Destination destination,
      Waiting waiting,
      Function<List<byte[]>, byte[]> join,
      Duration interval,
      Duration firstPause) {
    this.destination = destination;
    this.waiting = waiting;
    this.join = join;
    this.interval = interval;
    this.firstPause = firstPause;
    this.thread = new Thread(this::run, "endomesh-" + name);
    thread.setDaemon(true);
    thread.start();
  }

  /** Returns at once. */
  synchronized void put(Report report) {
    dropped += waiting.put(report);
    if (interval.isZero()) {
      notifyAll();
    }
  }

  synchronized State state() {
    return new State(sent, dropped, failedRequests, problem);
  }

  private void run() {
    try {
      Duration pause = firstPause;
      while (await(interval)) {
        List<Report> batch = take();
        while (!batch.isEmpty()) {
          Delivery delivery = send(batch);
          if (delivery.kind() == Delivery.Kind.LATER) {
            if (!await(pause)) {
              break;
            }
            pause =
                pause.multipliedBy(2).compareTo(MAX_PAUSE) < 0 ? pause.multipliedBy(2) : MAX_PAUSE;
          } else {
            pause = firstPause;
            batch = take();
          }
        }
      }
      // One last try, whatever comes of it.
      for (List<Report> left = take(); !left.isEmpty(); left = take()) {
        if (send(left).kind() == Delivery.Kind.LATER) {
          return;
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Waits so long, or for something to send; false when it is to end. */
  private synchronized boolean await(Duration time) throws InterruptedException {
    long end = System.nanoTime() + time.toNanos();
    while (!closing) {
      long left = (end - System.nanoTime()) / 1_000_000;
      if (time.isZero()) {
        if (!waiting.isEmpty()) {
          return true;
        }
        wait();
      } else if (left <= 0) {
        return true;
      } else {
        wait(left);
      }
    }
    return false;
  }

  private synchronized List<Report> take() {
    return waiting.take(MAX_REQUEST_BYTES);
  }

  private Delivery send(List<Report> batch) {
    List<byte[]> bodies = new ArrayList<>(batch.size());
    long items = 0;
    for (Report report : batch) {
      bodies.add(report.body());
      items += report.items();
    }
    Delivery delivery = destination.send(join.apply(bodies));
    synchronized (this) {
      switch (delivery.kind()) {
        case ACCEPTED -> sent += items;
        case REJECTED -> {
          dropped += items;
          failedRequests++;
        }
        case LATER -> failedRequests++;
      }
      tell(delivery);
    }
    return delivery;
  }

  /** Says that it does not work, and that it works again; once each. */
  private void tell(Delivery delivery) {
    boolean works = delivery.kind() == Delivery.Kind.ACCEPTED;
    if (works && problem != null) {
      log.info("telemetry is sent to {} again", destination);
    } else if (!works && problem == null) {
      log.warn(
          "telemetry is not sent to {}: {}; {}",
          destination,
          delivery.problem(),
          delivery.kind() == Delivery.Kind.LATER
              ? "it is tried again, and what does not fit meanwhile is dropped"
              : "this is dropped");
    }
    problem = works ? null : destination + ": " + delivery.problem();
  }

  @Override
  public void close() {
    synchronized (this) {
      closing = true;
      notifyAll();
    }
    try {
      thread.join(PATIENCE.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    destination.close();
  }
}
