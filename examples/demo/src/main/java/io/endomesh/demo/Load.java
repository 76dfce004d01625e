package io.endomesh.demo;

import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/**
 * A bounded load: a few customers, each waiting for its answer before it asks again, at a fixed
 * pace. Thread-safe.
 */
final class Load implements AutoCloseable {

  private static final int MAX_KEPT_FAILURES = 20;

  private final AtomicLong sent = new AtomicLong();
  private final AtomicLong failed = new AtomicLong();
  private final ConcurrentLinkedQueue<String> failures = new ConcurrentLinkedQueue<>();
  private final List<Thread> customers;
  private final int concurrency;
  private volatile boolean stopped;

  /**
   * @param concurrency customers; never more requests than this are in flight
   * @param perSecond of all customers together
   */
  Load(int concurrency, int perSecond, Supplier<Http.Answer> request) {
    this.concurrency = concurrency;
    long paceNanos = 1_000_000_000L * concurrency / perSecond;
    this.customers =
        java.util.stream.IntStream.range(0, concurrency)
            .mapToObj(i -> new Thread(() -> run(paceNanos, request), "customer-" + i))
            .toList();
    customers.forEach(
        customer -> {
          customer.setDaemon(true);
          customer.start();
        });
  }

  long sent() {
    return sent.get();
  }

  long failed() {
    return failed.get();
  }

  int concurrency() {
    return concurrency;
  }

  String failures() {
    return String.join("; ", failures);
  }

  /** Waits until {@code count} more requests were answered. */
  void await(int count, java.time.Duration atMost) {
    long target = sent() + count;
    Await.until(count + " more requests", atMost, () -> sent() >= target);
  }

  @Override
  public void close() {
    stopped = true;
    for (Thread customer : customers) {
      try {
        customer.join(20_000);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private void run(long paceNanos, Supplier<Http.Answer> request) {
    for (long next = System.nanoTime(); !stopped; next += paceNanos) {
      for (long wait = next - System.nanoTime(); wait > 0; wait = next - System.nanoTime()) {
        LockSupport.parkNanos(wait);
      }
      Http.Answer answer = request.get();
      if (!answer.ok()) {
        failed.incrementAndGet();
        if (failures.size() < MAX_KEPT_FAILURES) {
          failures.add(answer.status() + " " + answer.body());
        }
      }
      sent.incrementAndGet();
    }
  }
}
