package io.endomesh.demo;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;

/** Only orders may call payments: others are refused, and everybody can see by what. */
final class PolicyCheck implements Check {

  private static final Duration EFFECT = Duration.ofSeconds(1);
  private static final Duration TELEMETRY = Duration.ofSeconds(3);
  private static final String POLICY = "AuthorizationPolicy/finance/only-orders";

  @Override
  public String name() {
    return "policy";
  }

  @Override
  public String run(MeshedShop shop) {
    CheckFailed.unless(chargeDirectly(shop) == 200, "storefront could not call payments before");
    shop.controller().apply(Yaml.onlyOrdersCallPayments());
    Duration on;
    try {
      on = Await.until("403 for storefront", EFFECT, () -> chargeDirectly(shop) == 403);
      CheckFailed.unless(shop.buy().ok(), "orders may not call payments any more");
      Await.until(
          "the console naming " + POLICY,
          TELEMETRY,
          () -> names(shop.controller().api("refusals").get("refusals"), "policy"));
      Await.until(
          "a trace naming " + POLICY,
          TELEMETRY,
          () -> names(shop.controller().api("traces?limit=500").get("traces"), "refusedBy"));
      CheckFailed.unless(
          shop.shop().child("payments").output().contains(POLICY),
          "the log of payments does not name " + POLICY);
    } finally {
      shop.controller().delete("authorizationpolicy", MeshedShop.FINANCE, "only-orders");
    }
    Duration off = Await.until("storefront served", EFFECT, () -> chargeDirectly(shop) == 200);
    return "403 after %d ms, named in log, trace and console; served again after %d ms"
        .formatted(on.toMillis(), off.toMillis());
  }

  private static int chargeDirectly(MeshedShop shop) {
    return shop.http().post(shop.storefront("/charge-directly")).status();
  }

  private static boolean names(JsonNode entries, String field) {
    for (JsonNode entry : entries) {
      if (entry.path(field).asText().startsWith(POLICY)) {
        return true;
      }
    }
    return false;
  }
}
