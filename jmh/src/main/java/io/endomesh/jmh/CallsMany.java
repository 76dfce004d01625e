package io.endomesh.jmh;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;

/** A program that calls each of the addresses it is given, and says what is on the heap then. */
public final class CallsMany {

  /** A collection finds what the one before has made unreachable, by cleaners and references. */
  private static final int COLLECTIONS = 3;

  private CallsMany() {}

  public static void main(String[] urls) throws IOException, InterruptedException {
    HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    for (String url : urls) {
      HttpRequest request =
          HttpRequest.newBuilder(URI.create(url))
              .POST(HttpRequest.BodyPublishers.ofString("x"))
              .build();
      HttpResponse<String> response = client.send(request, HttpResponse.BodyHandlers.ofString());
      if (response.statusCode() != 200) {
        throw new IllegalStateException("answer: " + response + " (expected: 200)");
      }
    }
    MemoryMXBean memory = ManagementFactory.getMemoryMXBean();
    for (int i = 0; i < COLLECTIONS; i++) {
      memory.gc();
    }
    System.out.println("heap " + memory.getHeapMemoryUsage().getUsed());
  }
}
