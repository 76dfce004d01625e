package io.endomesh.demo;

import java.time.Duration;

/** The controller may be killed at any time: traffic goes on, and nothing is lost. */
final class ControllerGoneCheck implements Check {

  private static final Duration EFFECT = Duration.ofSeconds(1);

  /** Back-off of the agents is at most 5 s, and they come back spread over it. */
  private static final Duration RETURN = Duration.ofSeconds(20);

  @Override
  public String name() {
    return "controller gone";
  }

  @Override
  public String run(MeshedShop shop) {
    int workloads = shop.controller().api("workloads").get("workloads").size();
    shop.controller().apply(Yaml.split(MeshedShop.SHOP, 100, 0));
    Await.pass(EFFECT);
    long sent;
    try (Load load = new Load(4, 80, shop::stock)) {
      load.await(80, Duration.ofSeconds(10));
      shop.controller().kill();
      load.await(160, Duration.ofSeconds(10));
      CheckFailed.unless(load.failed() == 0, "requests failed: " + load.failures());
      sent = load.sent();
    }
    shop.shop().child("storefront").close();
    shop.startStorefront();
    Http.Answer restarted = shop.stock();
    CheckFailed.unless(restarted.ok(), "a service restarted without a controller got " + restarted);
    try (Load load = new Load(4, 80, shop::stock)) {
      load.await(80, Duration.ofSeconds(10));
      shop.controller().restart();
      Duration back =
          Await.until(
              "all workloads back",
              RETURN,
              () -> shop.controller().api("status").at("/counts/workloads").asInt() >= workloads);
      load.await(80, Duration.ofSeconds(10));
      CheckFailed.unless(load.failed() == 0, "requests failed: " + load.failures());
      CheckFailed.unless(
          shop.controller().api("resources?kind=GRPCRoute").toString().contains("inventory-v1"),
          "the applied route is gone");
      return "%d requests without a controller and through its return, 0 failed; back in %d ms"
          .formatted(sent + load.sent(), back.toMillis());
    } finally {
      shop.controller().delete("grpcroute", MeshedShop.SHOP, "inventory");
    }
  }
}
