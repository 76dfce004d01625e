package io.endomesh.demo;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

/** A weighted route moves traffic within a second, by the share that was asked for. */
final class RoutingCheck implements Check {

  private static final Duration EFFECT = Duration.ofSeconds(1);
  private static final int CALLS = 2_000;
  private static final double TOLERANCE = 2.5;

  @Override
  public String name() {
    return "routing";
  }

  @Override
  public String run(MeshedShop shop) {
    shop.controller().apply(Yaml.split(MeshedShop.SHOP, 0, 100));
    Await.until("all traffic on v2", EFFECT, () -> streak(shop, "v2"));
    shop.controller().apply(Yaml.split(MeshedShop.SHOP, 90, 10));
    Await.pass(EFFECT);
    AtomicInteger v1 = new AtomicInteger();
    AtomicInteger v2 = new AtomicInteger();
    IntStream.range(0, CALLS)
        .parallel()
        .forEach(
            i -> {
              String body = shop.stock().body();
              (body.contains("\"inventory\":\"v1\"") ? v1 : v2).incrementAndGet();
              CheckFailed.unless(body.contains("\"inventory\":\"v"), "not served: " + body);
            });
    shop.controller().delete("grpcroute", MeshedShop.SHOP, "inventory");
    double percent = 100.0 * v1.get() / CALLS;
    String seen =
        "90/10 asked, %.1f/%.1f seen in %d calls".formatted(percent, 100 - percent, CALLS);
    CheckFailed.unless(Math.abs(percent - 90) <= TOLERANCE, seen);
    return seen;
  }

  private static boolean streak(MeshedShop shop, String version) {
    return IntStream.range(0, 10)
        .allMatch(i -> shop.stock().body().contains("\"inventory\":\"" + version + "\""));
  }
}
