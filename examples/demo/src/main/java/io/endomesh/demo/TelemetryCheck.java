package io.endomesh.demo;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** One request is one trace over all hops, and the controller has counted every request. */
final class TelemetryCheck implements Check {

  private static final int REQUESTS = 50;
  private static final Duration ARRIVAL = Duration.ofSeconds(5);

  @Override
  public String name() {
    return "telemetry";
  }

  @Override
  public String run(MeshedShop shop) {
    EdgeCount ordersBefore = EdgeCount.settled(shop, "shop/storefront", "shop/orders");
    EdgeCount inventoryBefore = EdgeCount.now(shop, "shop/orders", "shop/inventory");
    for (int i = 0; i < REQUESTS; i++) {
      CheckFailed.unless(shop.buy().ok(), "a purchase failed");
    }
    Await.until(
        "storefront → orders counting " + REQUESTS,
        ARRIVAL,
        () ->
            EdgeCount.now(shop, "shop/storefront", "shop/orders").since(ordersBefore).requests()
                >= REQUESTS);
    Await.until(
        "orders → inventory counting " + REQUESTS,
        ARRIVAL,
        () ->
            EdgeCount.now(shop, "shop/orders", "shop/inventory").since(inventoryBefore).requests()
                >= REQUESTS);
    long orders =
        EdgeCount.settled(shop, "shop/storefront", "shop/orders").since(ordersBefore).requests();
    long inventory =
        EdgeCount.now(shop, "shop/orders", "shop/inventory").since(inventoryBefore).requests();
    CheckFailed.unless(
        orders == REQUESTS && inventory == REQUESTS,
        "%d requests sent, counted %d to orders and %d to inventory"
            .formatted(REQUESTS, orders, inventory));
    int[] spans = new int[1];
    Await.until("one trace over all hops", ARRIVAL, () -> (spans[0] = wholeTrace(shop)) > 0);
    return "one trace of %d spans over HTTP, gRPC and SQL; %d requests sent, %d counted"
        .formatted(spans[0], REQUESTS, orders);
  }

  /** Number of spans of a trace that went everywhere, 0 if there is none yet. */
  private static int wholeTrace(MeshedShop shop) {
    for (JsonNode summary :
        shop.controller().api("traces?service=shop/storefront&limit=50").get("traces")) {
      JsonNode trace = shop.controller().api("traces/" + summary.get("traceId").asText());
      Set<String> services = new HashSet<>();
      boolean sql = false;
      boolean broken = false;
      Set<String> ids = new HashSet<>();
      for (JsonNode span : trace.get("spans")) {
        ids.add(span.get("spanId").asText());
      }
      int roots = 0;
      for (JsonNode span : trace.get("spans")) {
        services.add(span.get("serviceId").asText());
        sql |= span.get("attributes").has("db.system.name");
        JsonNode parent = span.path("parentSpanId");
        if (parent.isNull()) {
          roots++;
        } else {
          broken |= !ids.contains(parent.asText());
        }
      }
      if (sql
          && !broken
          && roots == 1
          && services.containsAll(
              List.of("shop/storefront", "shop/orders", "shop/inventory", "finance/payments"))) {
        return trace.get("spans").size();
      }
    }
    return 0;
  }
}
