package io.endomesh.demo;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;

/**
 * Only orders may call payments: others are refused, before anything is sent, and operators can see
 * by what.
 */
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
    Duration on;
    String dryRun;
    try {
      dryRun = dryRun(shop);
      shop.controller().apply(Yaml.onlyOrdersCallPayments());
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
      String trace = traceThatTheCallerIsTold(shop);
      Await.until(
          "the trace that the caller is told naming " + POLICY,
          TELEMETRY,
          () -> isNamedIn(shop.controller().api("traces?limit=500").get("traces"), trace));
      // Storefront is not told where payments is: its own agent refuses, as that of payments would.
      CheckFailed.unless(
          shop.shop().child("storefront").output().contains(POLICY),
          "the log of storefront does not name " + POLICY);
    } finally {
      shop.controller().delete("authorizationpolicy", MeshedShop.FINANCE, "only-orders");
    }
    Duration off = Await.until("storefront served", EFFECT, () -> chargeDirectly(shop) == 200);
    return "%s; in force, 403 after %d ms, named in log, trace and console, not to the caller; served again after %d ms"
        .formatted(dryRun, on.toMillis(), off.toMillis());
  }

  /** Nobody is refused, and the console tells who would be: each call once. */
  private static String dryRun(MeshedShop shop) {
    shop.controller().apply(Yaml.inDryRun(Yaml.onlyOrdersCallPayments()));
    int[] made = {0};
    Await.until(
        "the console telling what " + POLICY + " would refuse",
        TELEMETRY,
        () -> {
          CheckFailed.unless(chargeDirectly(shop) == 200, "a policy in a dry run refuses");
          made[0]++;
          return wouldBeRefused(shop) > 0;
        });
    for (int i = 0; i < CALLS; i++) {
      CheckFailed.unless(chargeDirectly(shop) == 200, "a policy in a dry run refuses");
      made[0]++;
    }
    Await.until("all of " + CALLS + " calls told", TELEMETRY, () -> wouldBeRefused(shop) > CALLS);
    CheckFailed.unless(
        wouldBeRefused(shop) <= made[0],
        "told of " + wouldBeRefused(shop) + " calls that would be refused, of " + made[0]);
    CheckFailed.unless(
        shop.shop().child("payments").output().contains("would refuse caller="),
        "the log of payments does not tell of the dry run");
    return wouldBeRefused(shop) + " of " + made[0] + " calls told in a dry run, none refused";
  }

  private static final int CALLS = 5;

  private static long wouldBeRefused(MeshedShop shop) {
    long calls = 0;
    JsonNode observed = shop.controller().api("refusals").path("observed").path("policies");
    for (JsonNode one : observed) {
      if (one.path("policy").asText().equals(POLICY)
          && one.path("effect").asText().equals("would-refuse")) {
        calls += one.path("total").asLong();
      }
    }
    return calls;
  }

  /** Storefront hands on what payments said. */
  private static String traceThatTheCallerIsTold(MeshedShop shop) {
    String told = shop.http().post(shop.storefront("/charge-directly")).body();
    CheckFailed.unless(
        !told.contains("Policy") && !told.contains("spiffe") && !told.contains("/charges"),
        "the caller is told " + told);
    int begin = told.indexOf(TRACE);
    CheckFailed.unless(begin > 0, "the caller is not told its trace: " + told);
    return told.substring(begin + TRACE.length(), told.indexOf(')', begin));
  }

  private static final String TRACE = "(trace ";

  private static boolean isNamedIn(JsonNode traces, String id) {
    for (JsonNode trace : traces) {
      if (trace.path("traceId").asText().equals(id)) {
        return trace.path("refusedBy").asText().startsWith(POLICY);
      }
    }
    return false;
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
