package io.endomesh.controller.telemetry;

/**
 * How much happened in each of the last seconds. Seconds are numbered since the epoch. Not
 * thread-safe.
 */
final class Rate {

  private final double[] amounts;
  private long newest = Long.MIN_VALUE;

  Rate(int seconds) {
    this.amounts = new double[seconds];
  }

  /** Forgets what fell out of the ring. */
  void advance(long second) {
    if (newest == Long.MIN_VALUE) {
      newest = second;
      return;
    }
    long steps = Math.min(second - newest, amounts.length);
    for (long i = 1; i <= steps; i++) {
      amounts[index(newest + i)] = 0;
    }
    newest = Math.max(newest, second);
  }

  /** Spreads {@code amount} evenly over {@code (endMillis - spanMillis, endMillis]}. */
  void add(double amount, long endMillis, long spanMillis) {
    long last = Math.floorDiv(endMillis, 1000);
    advance(last);
    if (spanMillis <= 0) {
      add(last, amount);
      return;
    }
    long startMillis = endMillis - spanMillis;
    for (long second = Math.floorDiv(startMillis, 1000); second <= last; second++) {
      long from = Math.max(startMillis, second * 1000);
      long to = Math.min(endMillis, second * 1000 + 1000);
      add(second, amount * (to - from) / spanMillis);
    }
  }

  private void add(long second, double amount) {
    if (second > newest - amounts.length && second <= newest) {
      amounts[index(second)] += amount;
    }
  }

  double at(long second) {
    return second > newest - amounts.length && second <= newest ? amounts[index(second)] : 0;
  }

  /** Of the {@code seconds} seconds before {@code second}, which is still filling. */
  double sumBefore(long second, int seconds) {
    double sum = 0;
    for (long i = second - seconds; i < second; i++) {
      sum += at(i);
    }
    return sum;
  }

  private int index(long second) {
    return (int) Math.floorMod(second, (long) amounts.length);
  }
}
