package io.endomesh.contracts.urlconnection;

import io.endomesh.testkit.Await;
import io.endomesh.testkit.TestRoutes;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;

/** Loading classes of the JDK never waits for the weaver; the first calls may be too early. */
public final class WovenJdk {

  /** Port tcpmux (RFC 1078): nothing listens there. */
  private static final String NOBODY = "127.0.0.1:1";

  private WovenJdk() {}

  public static void await() {
    new TestRoutes().host(NOBODY);
    Await.until("weaving of the JDK's client", WovenJdk::isAnsweredByTheMesh);
  }

  private static boolean isAnsweredByTheMesh() {
    try {
      HttpURLConnection probe =
          (HttpURLConnection) URI.create("http://" + NOBODY + "/").toURL().openConnection();
      return probe.getResponseCode() == HttpURLConnection.HTTP_UNAVAILABLE;
    } catch (IOException refused) {
      return false;
    }
  }
}
