package io.endomesh.demo;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;

/**
 * Storefront takes so many charges and no more; other calls, and other policies, change nothing.
 */
final class RateLimitCheck implements Check {

  private static final Duration EFFECT = Duration.ofSeconds(1);
  private static final Duration TELEMETRY = Duration.ofSeconds(3);
  private static final String POLICY = "RateLimitPolicy/shop/charges";

  /** What a caller is told that proves no identity. */
  private static final String REFUSAL = "too many requests";

  /** An hour's worth: the bucket does not fill while the check runs. */
  private static final int CHARGES = 3;

  @Override
  public String name() {
    return "rate limit";
  }

  @Override
  public String run(MeshedShop shop) {
    CheckFailed.unless(charge(shop).ok(), "storefront did not charge before");
    shop.controller().apply(Yaml.limitCharges(MeshedShop.SHOP, CHARGES));
    Duration on;
    try {
      on = Await.until("429 for charges", EFFECT, () -> charge(shop).status() == 429);
      String told = charge(shop).body();
      CheckFailed.unless(
          told.startsWith(REFUSAL), "the refusal is \"" + told + "\", not \"" + REFUSAL + "\"");
      CheckFailed.unless(
          shop.http().get(shop.storefront("/stock/tea")).ok(), "other calls are refused too");
      // A change that has nothing to do with the limit must not fill its bucket.
      shop.controller().apply(Yaml.openToScripts(MeshedShop.SHOP, "https://partner.example"));
      Await.until(
          "the other change in force",
          EFFECT,
          () ->
              !shop.http()
                  .allowedOrigin(shop.storefront("/stock/tea"), "https://partner.example")
                  .isEmpty());
      CheckFailed.unless(charge(shop).status() == 429, "another change filled the bucket");
      Await.until(
          "the console naming " + POLICY,
          TELEMETRY,
          () -> named(shop.controller().api("refusals").get("refusals")));
      CheckFailed.unless(
          shop.shop().child("storefront").output().contains(POLICY),
          "the log of storefront does not name " + POLICY);
    } finally {
      shop.controller().delete("httproute", MeshedShop.SHOP, "storefront");
      shop.controller().delete("ratelimitpolicy", MeshedShop.SHOP, "charges");
    }
    Await.until("charges taken again", EFFECT, () -> charge(shop).ok());
    return "429 after %d ms and no more than %d charges, named in log and console"
        .formatted(on.toMillis(), CHARGES);
  }

  private static Http.Answer charge(MeshedShop shop) {
    return shop.http().post(shop.storefront("/charge-directly"));
  }

  private static boolean named(JsonNode refusals) {
    for (JsonNode refusal : refusals) {
      if (refusal.path("policy").asText().equals(POLICY)) {
        return true;
      }
    }
    return false;
  }
}
