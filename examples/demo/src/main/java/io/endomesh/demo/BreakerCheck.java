package io.endomesh.demo;

import java.time.Duration;
import java.util.stream.IntStream;

/** A service that fails is left alone, and tried again: between real processes. */
final class BreakerCheck implements Check {

  private static final int CALLS = 100;
  private static final int MINIMUM = 10;
  private static final Duration EFFECT = Duration.ofSeconds(1);
  private static final Duration OPEN = Duration.ofSeconds(2);

  @Override
  public String name() {
    return "breaker";
  }

  @Override
  public String run(MeshedShop shop) {
    shop.controller().apply(Yaml.breaking(MeshedShop.SHOP, MINIMUM, OPEN.toSeconds() + "s"));
    Await.pass(EFFECT);
    shop.switchInventory("inventory-v1", "unavailable");
    shop.switchInventory("inventory-v2", "unavailable");
    try {
      long start = System.nanoTime();
      long asked = IntStream.range(0, CALLS).filter(i -> !isRefusedByTheMesh(shop.stock())).count();
      // On a slow machine the calls take longer than it stays open; then it is tried by one.
      long tried = (System.nanoTime() - start) / OPEN.toNanos();
      CheckFailed.unless(
          asked >= MINIMUM && asked <= MINIMUM + tried,
          "%d of %d failing calls reached the service (expected: %d, and up to %d that tried it)"
              .formatted(asked, CALLS, MINIMUM, tried));
      shop.switchInventory("inventory-v1", "");
      shop.switchInventory("inventory-v2", "");
      Duration closed = Await.until("a closed breaker", OPEN.plus(EFFECT), () -> shop.stock().ok());
      long failed = IntStream.range(0, CALLS).filter(i -> !shop.stock().ok()).count();
      CheckFailed.unless(failed == 0, failed + " of " + CALLS + " calls failed after it closed");
      return "open after %d of %d failing calls, closed %d ms after the service was well again"
          .formatted(asked, CALLS, closed.toMillis());
    } finally {
      shop.switchInventory("inventory-v1", "");
      shop.switchInventory("inventory-v2", "");
      shop.controller().delete("resiliencepolicy", MeshedShop.SHOP, "inventory");
    }
  }

  private static boolean isRefusedByTheMesh(Http.Answer answer) {
    CheckFailed.unless(!answer.ok(), "a call to an unavailable service gave " + answer);
    return answer.body().contains("are not made");
  }
}
