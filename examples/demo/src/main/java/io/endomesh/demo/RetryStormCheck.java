package io.endomesh.demo;

import java.time.Duration;
import java.util.stream.IntStream;

/** Of two layers that retry only the lower does: between real processes, over HTTP and gRPC. */
final class RetryStormCheck implements Check {

  private static final int CALLS = 50;
  private static final int ATTEMPTS = 3;
  private static final Duration EFFECT = Duration.ofSeconds(1);

  @Override
  public String name() {
    return "retry-storm";
  }

  @Override
  public String run(MeshedShop shop) {
    shop.controller()
        .apply(Yaml.retry(MeshedShop.SHOP) + "---\n" + Yaml.retryOrders(MeshedShop.SHOP));
    shop.switchInventory("inventory-v1", "unavailable");
    shop.switchInventory("inventory-v2", "unavailable");
    try {
      Await.pass(EFFECT);
      EdgeCount upper = EdgeCount.settled(shop, "shop/storefront", "shop/orders");
      EdgeCount lower = EdgeCount.settled(shop, "shop/orders", "shop/inventory");
      long failed = IntStream.range(0, CALLS).filter(i -> !shop.stock().ok()).count();
      CheckFailed.unless(failed == CALLS, failed + " of " + CALLS + " calls failed");
      EdgeCount above = EdgeCount.settled(shop, "shop/storefront", "shop/orders").since(upper);
      EdgeCount below = EdgeCount.settled(shop, "shop/orders", "shop/inventory").since(lower);
      CheckFailed.unless(
          above.requests() == CALLS && above.retries() == 0,
          "the upper layer made " + above + " (expected: " + CALLS + " calls without a retry)");
      CheckFailed.unless(
          below.requests() == CALLS && below.retries() == (long) CALLS * ATTEMPTS,
          "the lower layer made " + below + " (expected: " + ATTEMPTS + " retries of each call)");
      return "of %d failing calls the lower layer retried each %d times, the upper none"
          .formatted(CALLS, ATTEMPTS);
    } finally {
      shop.switchInventory("inventory-v1", "");
      shop.switchInventory("inventory-v2", "");
      shop.controller().delete("grpcroute", MeshedShop.SHOP, "inventory");
      shop.controller().delete("httproute", MeshedShop.SHOP, "orders");
    }
  }
}
