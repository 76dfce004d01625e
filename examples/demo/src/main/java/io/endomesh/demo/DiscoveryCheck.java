package io.endomesh.demo;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;

/** Services are found by name; a new instance gets traffic at once, a killed one costs nothing. */
final class DiscoveryCheck implements Check {

  /** The promise, for a machine on which a small service starts as fast. */
  private static final Duration NEW_INSTANCE = Duration.ofSeconds(2);

  @Override
  public String name() {
    return "discovery";
  }

  @Override
  public String run(MeshedShop shop) {
    for (String name : List.of("orders", "inventory", "payments.finance", Database.HOST)) {
      CheckFailed.unless(!resolves(name), name + " is known to DNS; it should not be");
    }
    long start = System.nanoTime();
    Child third = shop.startInventory("inventory-third", "v1");
    String pid = Long.toString(third.pid());
    shop.shop().port("inventory-third");
    Duration ownStart = Duration.ofNanos(System.nanoTime() - start);
    Duration seen =
        Await.until(
            "traffic to a third inventory, which took %d ms to start"
                .formatted(ownStart.toMillis()),
            newInstance(ownStart),
            () -> shop.stock().body().contains("\"stockInstance\":\"" + pid + "\""));
    try (Load load = new Load(4, 100, shop::stock)) {
      load.await(100, Duration.ofSeconds(10));
      third.kill();
      long failedBefore = load.failed();
      Await.pass(MeshedShop.LEASE);
      CheckFailed.unless(
          load.failed() - failedBefore <= load.concurrency(),
          "a killed instance cost "
              + (load.failed() - failedBefore)
              + " requests (expected: at most the "
              + load.concurrency()
              + " in flight): "
              + load.failures());
      CheckFailed.unless(failedBefore == 0, "requests failed: " + load.failures());
      CheckFailed.unless(
          shop.controller().workloads("inventory").stream()
              .noneMatch(workload -> workload.get("pid").asText().equals(pid)),
          "the killed instance is still connected");
      return "new instance after %d ms, its own start took %d; %d requests around kill -9, %d failed"
          .formatted(seen.toMillis(), ownStart.toMillis(), load.sent(), load.failed());
    }
  }

  /** Both are loading of classes: where the start itself is slow, joining may be as well. */
  private static Duration newInstance(Duration ownStart) {
    return ownStart.compareTo(NEW_INSTANCE) > 0 ? ownStart : NEW_INSTANCE;
  }

  private static boolean resolves(String name) {
    try {
      return InetAddress.getByName(name) != null;
    } catch (UnknownHostException expected) {
      return false;
    }
  }
}
