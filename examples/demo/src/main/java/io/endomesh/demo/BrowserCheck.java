package io.endomesh.demo;

import java.time.Duration;

/**
 * A script of another site may call the shop's front if a route says so, and only while it does.
 */
final class BrowserCheck implements Check {

  private static final Duration EFFECT = Duration.ofSeconds(1);
  private static final String SITE = "https://partner.example";
  private static final String OTHER = "https://other.example";

  @Override
  public String name() {
    return "browser";
  }

  @Override
  public String run(MeshedShop shop) {
    String url = shop.storefront("/stock/tea");
    Http http = shop.http();
    CheckFailed.unless(
        http.preflight(url, SITE, "GET").isEmpty(), "a script may call without a route");
    shop.controller().apply(Yaml.openToScripts(MeshedShop.SHOP, SITE));
    Duration on;
    try {
      on =
          Await.until(
              "a preflight answered", EFFECT, () -> http.preflight(url, SITE, "GET").equals(SITE));
      CheckFailed.unless(
          http.allowedOrigin(url, SITE).equals(SITE), "the answer itself may not be read");
      CheckFailed.unless(
          http.preflight(url, OTHER, "GET").isEmpty() && http.allowedOrigin(url, OTHER).isEmpty(),
          "a script of " + OTHER + " may call too");
    } finally {
      shop.controller().delete("httproute", MeshedShop.SHOP, "storefront");
    }
    Await.until("scripts kept out again", EFFECT, () -> http.allowedOrigin(url, SITE).isEmpty());
    return "a script of %s may call after %d ms, and no other".formatted(SITE, on.toMillis());
  }
}
