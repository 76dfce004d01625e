package io.endomesh.demo;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;

/**
 * What the controller has counted between two services so far.
 *
 * @param requests calls, however many attempts each took
 * @param retries attempts beyond the first
 */
record EdgeCount(long requests, long retries) {

  /** Longer than agents take from one export to the next. */
  private static final Duration QUIET = Duration.ofMillis(1_500);

  static EdgeCount now(MeshedShop shop, String source, String destination) {
    long requests = 0;
    long retries = 0;
    for (JsonNode edge : shop.controller().api("graph").get("edges")) {
      if (edge.get("source").asText().equals(source)
          && edge.get("destination").asText().equals(destination)) {
        requests += edge.get("stats").get("requestsTotal").asLong();
        retries += edge.get("stats").get("retriesTotal").asLong();
      }
    }
    return new EdgeCount(requests, retries);
  }

  /** Once it has stopped growing: exports of earlier calls have arrived. */
  static EdgeCount settled(MeshedShop shop, String source, String destination) {
    EdgeCount[] last = {new EdgeCount(-1, -1)};
    Await.until(
        "metrics at rest",
        Duration.ofSeconds(10),
        () -> {
          Await.pass(QUIET);
          EdgeCount now = now(shop, source, destination);
          boolean rests = now.equals(last[0]);
          last[0] = now;
          return rests;
        });
    return last[0];
  }

  EdgeCount since(EdgeCount before) {
    return new EdgeCount(requests - before.requests, retries - before.retries);
  }
}
