package io.endomesh.demo;

import java.time.Duration;

/** What is on the wire is not readable, the server knows the caller, and STRICT means strict. */
final class MutualTlsCheck implements Check {

  private static final Duration EFFECT = Duration.ofSeconds(1);

  /** Agents report each second. */
  private static final Duration COUNTED = Duration.ofSeconds(10);

  private static final String ORDERS = "shop/orders";
  private static final String STOREFRONT = "spiffe://endomesh.local/ns/shop/sa/storefront";

  @Override
  public String name() {
    return "mTLS";
  }

  @Override
  public String run(MeshedShop shop) {
    shop.relay().forget();
    Http.Answer who = shop.http().get(shop.storefront("/whoami"));
    CheckFailed.unless(who.body().equals(STOREFRONT), "orders sees the caller as " + who);
    String plain = "http://127.0.0.1:" + shop.relay().port() + "/whoami";
    int bytes = shop.relay().bytesSeen();
    CheckFailed.unless(
        !shop.relay().saw("HTTP/1.1") && !shop.relay().saw("whoami"),
        "the relay in front of orders saw plaintext");
    Http.Answer permissive = shop.http().get(plain);
    CheckFailed.unless(
        permissive.ok() && permissive.body().equals("anonymous"),
        "PERMISSIVE: a plain client got " + permissive);
    // Both keep the connection that they have now.
    Http kept = new Http();
    CheckFailed.unless(kept.get(plain).ok(), "PERMISSIVE: a plain client is not served");
    String warned = wouldBeCutOff(shop);
    shop.controller().endomesh(0, "mtls", "strict", ORDERS, "--cut-off");
    Http.Answer strict;
    try {
      Await.until("STRICT refusing a plain client", EFFECT, () -> refused(plain));
      Http.Answer before = kept.get(plain);
      CheckFailed.unless(
          before.status() == 403 && before.body().contains("connection"),
          "STRICT: a plain client that kept its connection got " + before);
      CheckFailed.unless(
          kept.get(plain).status() == 0, "STRICT: the connection that was kept is still open");
      strict = shop.http().get(shop.storefront("/whoami"));
    } finally {
      shop.controller().delete("peerauthentication", MeshedShop.SHOP, "orders");
    }
    CheckFailed.unless(strict.body().equals(STOREFRONT), "STRICT: a mesh client got " + strict);
    Await.until("PERMISSIVE again", EFFECT, () -> !refused(plain));
    return "relay saw %d bytes, none readable; caller %s; plain client served, named before STRICT (%s), then refused on its kept connection, too"
        .formatted(bytes, who.body(), warned);
  }

  /** The guided way: STRICT changes nothing while somebody would lose by it, and says who. */
  private static String wouldBeCutOff(MeshedShop shop) {
    Await.until("the plain calls counted", COUNTED, () -> plaintext(shop).contains("/whoami"));
    String said = shop.controller().endomesh(10, "mtls", "strict", ORDERS);
    CheckFailed.unless(
        said.contains("would be cut off from shop/orders: 127.0.0.1")
            && said.contains("nothing was changed"),
        "mtls strict: " + said);
    return "GET /whoami by 127.0.0.1";
  }

  private static String plaintext(MeshedShop shop) {
    return shop.controller().endomesh(0, "mtls", "status", "--namespace", MeshedShop.SHOP);
  }

  /** On a new connection each time: it is closed without an answer. */
  private static boolean refused(String url) {
    return new Http().get(url).status() == 0;
  }
}
