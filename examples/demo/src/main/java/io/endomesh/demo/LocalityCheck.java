package io.endomesh.demo;

import java.time.Duration;
import java.util.stream.IntStream;

/**
 * Calls stay in their zone, leave it when it fails, and are shared out over zones as asked: between
 * real processes that say where they are.
 */
final class LocalityCheck implements Check {

  private static final int CALLS = 200;
  private static final Duration EFFECT = Duration.ofSeconds(1);
  private static final int ERRORS = 3;

  /** Percent that are to leave the zone, and six standard deviations of 200 calls of it. */
  private static final int FAR_PERCENT = 80;

  private static final int DEVIATIONS = 34;

  @Override
  public String name() {
    return "locality";
  }

  @Override
  public String run(MeshedShop shop) {
    shop.controller().apply(Yaml.ejecting(MeshedShop.SHOP, ERRORS));
    try {
      Await.pass(EFFECT);
      long near = answeredBy(shop, "v1");
      CheckFailed.unless(near == CALLS, near + " of " + CALLS + " calls stayed in their zone");
      shop.switchInventory("inventory-v1", "unavailable");
      long far = answeredBy(shop, "v2");
      CheckFailed.unless(
          far == CALLS - ERRORS,
          far + " of " + CALLS + " calls left their failing zone, but for " + ERRORS);
      shop.switchInventory("inventory-v1", "");
      shop.controller().apply(Yaml.distributed(MeshedShop.SHOP, FAR_PERCENT));
      Await.pass(EFFECT);
      long shared = answeredBy(shop, "v2");
      CheckFailed.unless(
          Math.abs(shared - CALLS * FAR_PERCENT / 100) <= DEVIATIONS,
          shared + " of " + CALLS + " calls left their zone of " + FAR_PERCENT + " % asked for");
      return "%d of %d calls in their zone; %d left it after %d errors; of %d %% asked for %d did"
          .formatted(near, CALLS, far, ERRORS, FAR_PERCENT, shared);
    } finally {
      shop.switchInventory("inventory-v1", "");
      shop.controller().delete("destinationrule", MeshedShop.SHOP, "inventory");
    }
  }

  private static long answeredBy(MeshedShop shop, String version) {
    return IntStream.range(0, CALLS)
        .mapToObj(i -> shop.stock())
        .filter(answer -> answer.ok() && answer.body().contains("\"" + version + "\""))
        .count();
  }
}
