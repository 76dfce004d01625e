package io.endomesh.jmh;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.LongAdder;

/**
 * The near side of the measured hop: closed-loop callers with {@code java.net.http}. Each line of
 * standard input is a number of milliseconds to call for; each answer is one line of results.
 */
public final class HopClient {

  /** As in the comparison with side-cars that the bound was set from: 4 callers, 1 KB each way. */
  private static final int CALLERS = 4;

  private static final int BODY_BYTES = 1024;

  private HopClient() {}

  public static void main(String[] arguments)
      throws IOException, InterruptedException, ExecutionException {
    HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(arguments[0]))
            .POST(HttpRequest.BodyPublishers.ofByteArray(new byte[BODY_BYTES]))
            .build();
    BufferedReader commands =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    ExecutorService callers = Executors.newFixedThreadPool(CALLERS);
    try {
      answer(commands, client, request, callers);
    } finally {
      callers.shutdownNow(); // Or a failed call would leave a process that answers nobody.
    }
  }

  private static void answer(
      BufferedReader commands, HttpClient client, HttpRequest request, ExecutorService callers)
      throws IOException, InterruptedException, ExecutionException {
    for (String line = commands.readLine(); line != null; line = commands.readLine()) {
      long nanos = Long.parseLong(line) * 1_000_000;
      long start = System.nanoTime();
      LongAdder failed = new LongAdder();
      Future<?>[] running = new Future<?>[CALLERS];
      long[][] latencies = new long[CALLERS][];
      for (int i = 0; i < CALLERS; i++) {
        int caller = i;
        running[i] =
            callers.submit(() -> latencies[caller] = call(client, request, start + nanos, failed));
      }
      for (Future<?> caller : running) {
        caller.get();
      }
      report(latencies, System.nanoTime() - start, failed.sum());
    }
  }

  /**
   * The JDK's connection pool now and then takes the answer to a request for bytes of an idle
   * connection, and closes it (seen on 17, with and without agent, once in some 100,000 calls):
   * such a call is counted and left out.
   */
  private static long[] call(HttpClient client, HttpRequest request, long end, LongAdder failed) {
    long[] latencies = new long[1024];
    int n = 0;
    for (long before = System.nanoTime(); before < end; before = System.nanoTime()) {
      try {
        HttpResponse<byte[]> response =
            client.send(request, HttpResponse.BodyHandlers.ofByteArray());
        if (response.statusCode() != 200 || response.body().length != BODY_BYTES) {
          throw new IllegalStateException("answer: " + response + " (expected: 200 and the body)");
        }
        if (n == latencies.length) {
          latencies = Arrays.copyOf(latencies, n * 2);
        }
        latencies[n++] = System.nanoTime() - before;
      } catch (IOException e) {
        failed.increment();
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }
    return Arrays.copyOf(latencies, n);
  }

  private static void report(long[][] latencies, long nanos, long failed) {
    long[] all = Arrays.stream(latencies).flatMapToLong(Arrays::stream).sorted().toArray();
    System.out.printf(
        "result %d %.1f %.1f %d%n",
        all.length * 1_000_000_000L / nanos, percentile(all, 50), percentile(all, 99), failed);
  }

  /** In microseconds. */
  private static double percentile(long[] sorted, int percent) {
    return sorted[Math.min(sorted.length - 1, sorted.length * percent / 100)] / 1e3;
  }
}
