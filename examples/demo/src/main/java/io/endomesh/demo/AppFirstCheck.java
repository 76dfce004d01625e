package io.endomesh.demo;

import java.util.Map;
import java.util.function.Function;

/** With the agent and no controller ever, the shop under real addresses behaves as without it. */
final class AppFirstCheck implements Check {

  private static final int CALLS = 50;

  @Override
  public String name() {
    return "app first";
  }

  @Override
  public String run(MeshedShop meshed) {
    String without = seen(meshed, "plain", /* agentArguments= */ null);
    String with = seen(meshed, "inert", "");
    CheckFailed.unless(
        with.equals(without), "without the agent: " + without + "; with it: " + with);
    return "the same answers with and without the agent: " + with;
  }

  private static String seen(
      MeshedShop meshed, String suffix, @org.jspecify.annotations.Nullable String agentArguments) {
    Installation installation = meshed.installation();
    try (Shop shop = new Shop(installation, meshed.run())) {
      Function<String, Function<Map<String, String>, Shop.Launch>> launch =
          jar ->
              environment -> new Shop.Launch(jar, jar + "-" + suffix, agentArguments, environment);
      shop.start(launch.apply("inventory").apply(Map.of("INVENTORY_VERSION", "v1")));
      shop.start(launch.apply("payments").apply(Map.of()));
      int inventory = shop.port("inventory-" + suffix);
      int payments = shop.port("payments-" + suffix);
      shop.start(
          launch
              .apply("orders")
              .apply(
                  Map.of(
                      "SPRING_DATASOURCE_URL",
                      meshed.database().directUrl(),
                      "SHOP_INVENTORY",
                      "127.0.0.1:" + inventory,
                      "SHOP_PAYMENTS",
                      "http://127.0.0.1:" + payments)));
      int orders = shop.port("orders-" + suffix);
      shop.start(
          launch
              .apply("storefront")
              .apply(
                  Map.of(
                      "SHOP_ORDERS",
                      "http://127.0.0.1:" + orders,
                      "SHOP_PAYMENTS",
                      "http://127.0.0.1:" + payments)));
      String storefront = "http://127.0.0.1:" + shop.port("storefront-" + suffix);
      int ok = 0;
      for (int i = 0; i < CALLS; i++) {
        ok += meshed.http().post(storefront + "/buy/tea").ok() ? 1 : 0;
      }
      return "%d of %d purchases, %s to /whoami, %d to a wrong path, %s charges"
          .formatted(
              ok,
              CALLS,
              meshed.http().get(storefront + "/whoami").body(),
              meshed.http().get(storefront + "/nowhere").status(),
              meshed.http().get("http://127.0.0.1:" + payments + "/charges/count").body());
    }
  }
}
