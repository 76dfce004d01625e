package io.endomesh.xds.runtime;

import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.Queue;

/** A {@link Serial} that runs on the thread of the test, at the time the test says. */
public final class ManualSerial implements Serial {

  private record Later(Runnable task, long atNanos, long order) {}

  private final Queue<Runnable> now = new ArrayDeque<>();
  private final PriorityQueue<Later> later =
      new PriorityQueue<>(Comparator.comparingLong(Later::atNanos).thenComparingLong(Later::order));
  private long nanoTime;
  private long order;

  @Override
  public void execute(Runnable task) {
    now.add(task);
  }

  @Override
  public Timer schedule(Runnable task, long delayNanos) {
    Later scheduled = new Later(task, nanoTime + delayNanos, order++);
    later.add(scheduled);
    return () -> later.remove(scheduled);
  }

  @Override
  public boolean isCurrent() {
    return true;
  }

  @Override
  public long nanoTime() {
    return nanoTime;
  }

  /** Lets time pass and runs what is due by then, in order. */
  public void pass(long nanos) {
    long until = nanoTime + nanos;
    runReady();
    while (!later.isEmpty() && later.peek().atNanos() <= until) {
      Later due = later.remove();
      nanoTime = due.atNanos();
      due.task().run();
      runReady();
    }
    nanoTime = until;
  }

  private void runReady() {
    for (Runnable task = now.poll(); task != null; task = now.poll()) {
      task.run();
    }
  }
}
