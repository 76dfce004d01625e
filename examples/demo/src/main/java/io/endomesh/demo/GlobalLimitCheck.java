package io.endomesh.demo;

import java.time.Duration;

/** Two instances of inventory share one limit, which the controller counts. */
final class GlobalLimitCheck implements Check {

  private static final Duration EFFECT = Duration.ofSeconds(1);
  private static final String POLICY = "RateLimitPolicy/shop/reservations";

  /** That all go to one of two instances happens by chance once in 500 million runs. */
  private static final int LIMIT = 30;

  private static final int CALLS = 90;

  @Override
  public String name() {
    return "global limit";
  }

  @Override
  public String run(MeshedShop shop) {
    shop.controller().apply(Yaml.split(MeshedShop.SHOP, 50, 50));
    shop.controller().apply(Yaml.limitInventory(MeshedShop.SHOP, LIMIT));
    try {
      Await.pass(EFFECT);
      int first = 0;
      int second = 0;
      for (int i = 0; i < CALLS; i++) {
        Http.Answer answer = shop.stock();
        if (answer.ok()) {
          boolean v1 = answer.body().contains("\"inventory\":\"v1\"");
          first += v1 ? 1 : 0;
          second += v1 ? 0 : 1;
        } else {
          CheckFailed.unless(
              answer.body().contains(POLICY), "a refusal does not name " + POLICY + ": " + answer);
        }
      }
      String seen =
          "%d of %d calls answered, %d by one instance and %d by the other"
              .formatted(first + second, CALLS, first, second);
      CheckFailed.unless(
          first + second == LIMIT && first > 0 && second > 0,
          seen + " (expected: " + LIMIT + " by both together)");
      return seen + ", of " + LIMIT + " that both together may";
    } finally {
      shop.controller().delete("ratelimitpolicy", MeshedShop.SHOP, "reservations");
      shop.controller().delete("grpcroute", MeshedShop.SHOP, "inventory");
      Await.until("calls answered again", EFFECT, () -> shop.stock().ok());
    }
  }
}
