package io.endomesh.demo;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * What orders may have done in its database, and what goes wrong there on purpose, is changed while
 * it runs: on the connections that its pool holds open.
 */
final class DatabaseCheck implements Check {

  /** A second for the change, and as much for an order that fails for the first time. */
  private static final Duration EFFECT = Duration.ofSeconds(2);

  private static final Duration TELEMETRY = Duration.ofSeconds(3);
  private static final String POLICY = "DatabasePolicy/shop/orders-db";

  /** Long enough to be seen, and over in good time. */
  private static final Duration FAULT = Duration.ofSeconds(4);

  @Override
  public String name() {
    return "database";
  }

  @Override
  public String run(MeshedShop shop) {
    CheckFailed.unless(shop.buy().ok(), "orders could not write before");
    try {
      Duration denied = denyWrites(shop);
      Duration allowed = allowWrites(shop);
      Duration over = abortWrites(shop);
      return "writes refused after %d ms, named in log and console; taken again after %d ms; a"
              .formatted(denied.toMillis(), allowed.toMillis())
          + " fault ended %d ms after its time".formatted(over.toMillis());
    } finally {
      shop.controller().delete("databasepolicy", MeshedShop.SHOP, Database.HOST);
    }
  }

  private static Duration denyWrites(MeshedShop shop) {
    shop.controller().apply(Yaml.databaseStatements(MeshedShop.SHOP, "allow: [{classes: [READ]}]"));
    Duration denied = Await.until("orders refused", EFFECT, () -> !shop.buy().ok());
    CheckFailed.unless(shop.stock().ok(), "calls without a statement fail too");
    awaitLog(shop, "42501");
    Await.until(
        "the console naming " + POLICY,
        TELEMETRY,
        () -> names(shop.controller().api("refusals").get("refusals")));
    return denied;
  }

  private static Duration allowWrites(MeshedShop shop) {
    shop.controller()
        .apply(
            Yaml.databaseStatements(
                MeshedShop.SHOP,
                "allow: [{classes: [READ]}, {callers: [orders], classes: [WRITE]}]"));
    return Await.until("orders taken again", EFFECT, () -> shop.buy().ok());
  }

  /**
   * @return how long after the end that was written the last order failed
   */
  private static Duration abortWrites(MeshedShop shop) {
    Instant until = Instant.now().plus(FAULT).truncatedTo(ChronoUnit.MILLIS);
    shop.controller()
        .apply(
            Yaml.databaseStatements(
                MeshedShop.SHOP,
                "faults: [{classes: [WRITE], until: '%s', abort: {sqlState: '40001'}}]"
                    .formatted(until)));
    Await.until("aborted orders", EFFECT, () -> !shop.buy().ok());
    awaitLog(shop, "40001");
    Await.until("orders taken again", FAULT.plus(EFFECT), () -> shop.buy().ok());
    Duration over = Duration.between(until, Instant.now());
    CheckFailed.unless(
        !over.isNegative(), "the fault ended " + over.negated().toMillis() + " ms before its time");
    return over;
  }

  private static void awaitLog(MeshedShop shop, String state) {
    Await.until(
        "the log of orders naming " + POLICY + " and " + state,
        TELEMETRY,
        () ->
            shop.shop()
                .child("orders")
                .output()
                .lines()
                .anyMatch(
                    line ->
                        line.contains("refused statement")
                            && line.contains("policy=\"" + POLICY + "\"")
                            && line.contains("state=" + state)));
  }

  private static boolean names(JsonNode refusals) {
    for (JsonNode refusal : refusals) {
      if (refusal.path("policy").asText().equals(POLICY)) {
        return true;
      }
    }
    return false;
  }
}
