package io.endomesh.demo;

import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Storefront finds out how many calls it can answer at a time, turns the rest away when a service
 * behind it becomes slow, and takes the urgent ones all the same: between real processes.
 */
final class OverloadCheck implements Check {

  /** Calls at a time, again and again; many times the minimum. */
  private static final int CALLERS = 12;

  private static final int MINIMUM = 4;

  /** Each caller waits for its answer before it asks again, and asks so often at most. */
  private static final int CALLS_PER_SECOND = 60;

  /** What inventory takes while all is well: far more than the rest of a call takes here. */
  private static final Duration WELL = Duration.ofMillis(100);

  /** What it takes in trouble: so many times the buffer that the limit falls to its minimum. */
  private static final Duration SLOW = Duration.ofMillis(400);

  private static final Duration EFFECT = Duration.ofSeconds(1);

  /** Several times what a measurement of 50 calls by the minimum, and the growth, take. */
  private static final Duration FOUND = Duration.ofSeconds(12);

  private static final int URGENT_CALLS = 6;

  /** What a caller is told that proves no identity. */
  private static final String REFUSAL = "the service has too much to do at the moment";

  @Override
  public String name() {
    return "overload";
  }

  @Override
  public String run(MeshedShop shop) {
    inventoryTakes(shop, WELL);
    try {
      shop.controller().apply(Yaml.overload(MeshedShop.SHOP, MINIMUM));
      Await.pass(EFFECT);
      Queue<Http.Answer> others = new ConcurrentLinkedQueue<>();
      try (Load load = new Load(CALLERS, CALLS_PER_SECOND, () -> call(shop, others))) {
        String seen = run(shop, load);
        CheckFailed.unless(others.isEmpty(), "other answers than those of the policy: " + others);
        return seen;
      }
    } finally {
      inventoryTakes(shop, Duration.ZERO);
      shop.controller().delete("overloadpolicy", MeshedShop.SHOP, "storefront");
    }
  }

  private static String run(MeshedShop shop, Load load) {
    Duration found = untilNobodyIsTurnedAway(load);
    CheckFailed.unless(
        load.failed() > 0, "a limit of " + MINIMUM + " let " + CALLERS + " calls run at a time");

    inventoryTakes(shop, SLOW);
    Await.until("calls turned away", FOUND, () -> isTurnedAway(call(shop, "u=3")));
    long sent = load.sent();
    long turnedAway = load.failed();
    long longest = 0;
    for (int i = 0; i < URGENT_CALLS; i++) {
      long start = System.nanoTime();
      Http.Answer answer = call(shop, "u=0");
      longest = Math.max(longest, Duration.ofNanos(System.nanoTime() - start).toMillis());
      CheckFailed.unless(answer.ok(), "an urgent call gave " + answer);
    }
    sent = load.sent() - sent;
    turnedAway = load.failed() - turnedAway;
    CheckFailed.unless(turnedAway > 0, "of " + sent + " other calls none was turned away");
    CheckFailed.unless(
        longest < 2 * SLOW.toMillis(),
        "an urgent call took %d ms (expected: about as long as inventory, %d ms)"
            .formatted(longest, SLOW.toMillis()));
    return ("%d calls at a time after %d ms, from a limit of %d; inventory in trouble: %d of %d"
            + " turned away, all %d urgent ones answered, within %d ms where inventory takes"
            + " %d")
        .formatted(
            CALLERS,
            found.toMillis(),
            MINIMUM,
            turnedAway,
            sent,
            URGENT_CALLS,
            longest,
            SLOW.toMillis());
  }

  private static Duration untilNobodyIsTurnedAway(Load load) {
    long[] since = {0, 0};
    return Await.until(
        "a limit found that turns none of " + CALLERS + " calls at a time away",
        FOUND,
        () -> {
          if (load.failed() != since[0]) {
            since[0] = load.failed();
            since[1] = load.sent();
          }
          return load.sent() - since[1] >= 3 * CALLERS;
        });
  }

  /**
   * @param others takes what is neither the shop's answer nor the policy's refusal
   */
  private static Http.Answer call(MeshedShop shop, Queue<Http.Answer> others) {
    Http.Answer answer = shop.stock();
    if (!answer.ok() && !isTurnedAway(answer)) {
      others.add(answer);
    }
    return answer;
  }

  private static boolean isTurnedAway(Http.Answer answer) {
    return answer.status() == 503 && answer.body().startsWith(REFUSAL);
  }

  private static Http.Answer call(MeshedShop shop, String priority) {
    return shop.http().get(shop.storefront("/stock/tea"), "priority", priority);
  }

  private static void inventoryTakes(MeshedShop shop, Duration duration) {
    String mode = duration.isZero() ? "" : "delay " + duration.toMillis();
    shop.switchInventory("inventory-v1", mode);
    shop.switchInventory("inventory-v2", mode);
  }
}
