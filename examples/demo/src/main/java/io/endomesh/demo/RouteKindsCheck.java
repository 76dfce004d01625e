package io.endomesh.demo;

import java.time.Duration;
import java.util.stream.IntStream;

/** What SMI and the experimental part of Gateway API say counts as well, between real processes. */
final class RouteKindsCheck implements Check {

  private static final Duration EFFECT = Duration.ofSeconds(1);
  private static final int CALLS = 40;

  /** Half of the calls meet the broken instance first; fewer than this by chance once in 10^7. */
  private static final int AT_LEAST = 4;

  private static final int NOWHERE = 500;

  @Override
  public String name() {
    return "kinds";
  }

  @Override
  public String run(MeshedShop shop) {
    return splits(shop) + "; " + constrains(shop) + "; " + leadsNowhere(shop);
  }

  private static String splits(MeshedShop shop) {
    shop.controller().apply(Yaml.smiSplit(MeshedShop.SHOP, 0, 100));
    try {
      Duration took =
          Await.until(
              "all traffic on v2 by a TrafficSplit",
              EFFECT,
              () ->
                  IntStream.range(0, 10)
                      .allMatch(i -> shop.stock().body().contains("\"inventory\":\"v2\"")));
      return "a TrafficSplit moved all calls in " + took.toMillis() + " ms";
    } finally {
      shop.controller().delete("trafficsplit", MeshedShop.SHOP, "inventory");
    }
  }

  private static String constrains(MeshedShop shop) {
    shop.switchInventory("inventory-v1", "unavailable");
    try {
      shop.controller()
          .apply(Yaml.retry(MeshedShop.SHOP) + "---\n" + Yaml.hardlyRetrying(MeshedShop.SHOP));
      Await.pass(EFFECT);
      long constrained = failures(shop);
      CheckFailed.unless(
          constrained >= AT_LEAST,
          constrained + " of " + CALLS + " calls failed although hardly any may be retried");
      shop.controller().delete("xbackendtrafficpolicy", MeshedShop.SHOP, "inventory");
      Await.pass(EFFECT);
      long free = failures(shop);
      CheckFailed.unless(free == 0, free + " of " + CALLS + " failed with retries set free");
      return "%d of %d calls failed under a retry constraint, none without"
          .formatted(constrained, CALLS);
    } finally {
      shop.switchInventory("inventory-v1", "");
      shop.controller().delete("grpcroute", MeshedShop.SHOP, "inventory");
    }
  }

  private static String leadsNowhere(MeshedShop shop) {
    shop.controller().apply(Yaml.toNobody(MeshedShop.SHOP));
    try {
      Await.until("500 for a backend nobody knows", EFFECT, () -> shop.stock().status() == NOWHERE);
    } finally {
      shop.controller().delete("httproute", MeshedShop.SHOP, "orders");
    }
    Await.until("calls served again", EFFECT, () -> shop.stock().ok());
    return "a backend nobody knows is " + NOWHERE;
  }

  private static long failures(MeshedShop shop) {
    return IntStream.range(0, CALLS).filter(i -> !shop.stock().ok()).count();
  }
}
