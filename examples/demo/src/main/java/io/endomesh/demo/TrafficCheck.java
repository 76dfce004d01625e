package io.endomesh.demo;

import java.time.Duration;
import java.util.stream.IntStream;

/** Istio's traffic kinds do what they say: between real processes, and only while applied. */
final class TrafficCheck implements Check {

  private static final int CALLS = 200;
  private static final Duration EFFECT = Duration.ofSeconds(1);
  private static final Duration DELAY = Duration.ofMillis(300);

  /** I'm a teapot: what no service of the shop answers by itself. */
  private static final int TEAPOT = 418;

  /** Failures of one instance in a row that take it out, and what may be under way besides. */
  private static final int ERRORS = 3;

  @Override
  public String name() {
    return "traffic";
  }

  @Override
  public String run(MeshedShop shop) {
    String routed = routes(shop);
    String delegated = delegates(shop);
    String ejected = outliers(shop);
    return routed + "; " + delegated + "; " + ejected;
  }

  private static String routes(MeshedShop shop) {
    shop.controller().apply(Yaml.virtualOrders(MeshedShop.SHOP, DELAY.toMillis() + "ms", TEAPOT));
    try {
      Await.until(
          "a fault applied to a route",
          EFFECT,
          () -> shop.http().get(shop.storefront("/stock/broken")).status() == TEAPOT);
      Http.Answer rewritten = shop.http().get(shop.storefront("/stock/coffee"));
      CheckFailed.unless(
          rewritten.ok() && rewritten.body().contains("\"tea\""),
          "/stock/coffee, rewritten to /stock/tea, gave " + rewritten);
      Http.Answer direct = shop.http().get(shop.storefront("/whoami"));
      CheckFailed.unless(
          direct.ok() && direct.body().equals("nobody"), "a direct response gave " + direct);
      long start = System.nanoTime();
      CheckFailed.unless(shop.stock().ok(), "a delayed call failed");
      Duration took = Duration.ofNanos(System.nanoTime() - start);
      CheckFailed.unless(
          took.compareTo(DELAY) >= 0, "a delay of " + DELAY + " took " + took.toMillis() + " ms");
      return "aborted, rewritten, answered directly, delayed by %d ms".formatted(took.toMillis());
    } finally {
      shop.controller().delete("virtualservice", MeshedShop.SHOP, "orders");
      Await.until(
          "the routes as they were",
          EFFECT,
          () -> !shop.http().get(shop.storefront("/whoami")).body().equals("nobody"));
    }
  }

  private static String delegates(MeshedShop shop) {
    String answer = "a-delegate";
    shop.controller().apply(Yaml.delegating(MeshedShop.SHOP, MeshedShop.FINANCE, answer));
    try {
      Duration took =
          Await.until(
              "an answer by a rule of another namespace's VirtualService",
              EFFECT,
              () -> shop.http().get(shop.storefront("/whoami")).body().equals(answer));
      CheckFailed.unless(shop.stock().ok(), "a call failed that is not the delegate's");
      shop.controller().delete("virtualservice", MeshedShop.FINANCE, "whoami");
      Await.until(
          "the next rule, without the delegate",
          EFFECT,
          () -> !shop.http().get(shop.storefront("/whoami")).body().equals(answer));
      return "a delegate's rule in force after %d ms".formatted(took.toMillis());
    } finally {
      shop.controller().delete("virtualservice", MeshedShop.SHOP, "orders");
    }
  }

  private static String outliers(MeshedShop shop) {
    shop.controller().apply(Yaml.ejecting(MeshedShop.SHOP, ERRORS));
    Await.pass(EFFECT);
    shop.switchInventory("inventory-v1", "unavailable");
    try {
      long noticed = IntStream.range(0, CALLS).filter(i -> !shop.stock().ok()).count();
      long later = IntStream.range(0, CALLS).filter(i -> !shop.stock().ok()).count();
      CheckFailed.unless(
          noticed == ERRORS && later == 0,
          "%d errors until it was ejected (expected: %d), and %d after"
              .formatted(noticed, ERRORS, later));
      return "a broken instance ejected after %d errors of %d calls".formatted(noticed, CALLS * 2);
    } finally {
      shop.switchInventory("inventory-v1", "");
      shop.controller().delete("destinationrule", MeshedShop.SHOP, "inventory");
    }
  }
}
