package io.endomesh.demo;

import java.time.Duration;
import java.util.stream.IntStream;

/** A failing instance is passed over by a retry; a slow one does not hold the caller. */
final class ResilienceCheck implements Check {

  private static final int CALLS = 200;
  private static final Duration EFFECT = Duration.ofSeconds(1);

  /** The request timeout that is asked for, and what the rest of the way may add. */
  private static final Duration TIMEOUT = Duration.ofMillis(300);

  private static final Duration REST_OF_THE_WAY = Duration.ofMillis(400);

  @Override
  public String name() {
    return "resilience";
  }

  @Override
  public String run(MeshedShop shop) {
    shop.switchInventory("inventory-v1", "unavailable");
    try {
      long plain = IntStream.range(0, CALLS).filter(i -> !shop.stock().ok()).count();
      CheckFailed.unless(plain > 0, "an unavailable instance was not noticed without a retry");
      shop.controller().apply(Yaml.retry(MeshedShop.SHOP));
      Await.pass(EFFECT);
      EdgeCount before = EdgeCount.settled(shop, "shop/orders", "shop/inventory");
      long failed = IntStream.range(0, CALLS).filter(i -> !shop.stock().ok()).count();
      CheckFailed.unless(failed == 0, failed + " of " + CALLS + " calls failed with a retry");
      EdgeCount counted = EdgeCount.settled(shop, "shop/orders", "shop/inventory").since(before);
      CheckFailed.unless(
          counted.requests() == CALLS && counted.retries() > 0,
          CALLS + " calls of which some were retried are counted as " + counted);
      shop.switchInventory("inventory-v1", "delay 5000");
      shop.switchInventory("inventory-v2", "delay 5000");
      shop.controller().apply(Yaml.timeout(MeshedShop.SHOP, TIMEOUT.toMillis() + "ms"));
      Await.pass(EFFECT);
      long start = System.nanoTime();
      Http.Answer late = shop.stock();
      Duration took = Duration.ofNanos(System.nanoTime() - start);
      CheckFailed.unless(
          !late.ok()
              && took.compareTo(TIMEOUT) >= 0
              && took.compareTo(TIMEOUT.plus(REST_OF_THE_WAY)) < 0,
          "a request timeout of " + TIMEOUT.toMillis() + " ms gave " + late + " after " + took);
      return ("%d of %d failed without retry, 0 with, counted as %d calls and %d retries;"
              + " timeout 300 ms kept in %d ms")
          .formatted(plain, CALLS, counted.requests(), counted.retries(), took.toMillis());
    } finally {
      shop.switchInventory("inventory-v1", "");
      shop.switchInventory("inventory-v2", "");
      shop.controller().delete("grpcroute", MeshedShop.SHOP, "inventory");
    }
  }
}
