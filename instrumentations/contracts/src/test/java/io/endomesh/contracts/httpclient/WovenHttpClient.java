package io.endomesh.contracts.httpclient;

import io.endomesh.testkit.Await;
import io.endomesh.testkit.TestRoutes;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.concurrent.CompletionException;

/** Loading classes of the JDK never waits for the weaver; the first calls may be too early. */
public final class WovenHttpClient {

  /** Port tcpmux (RFC 1078): nothing listens there. */
  private static final String NOBODY = "127.0.0.1:1";

  private WovenHttpClient() {}

  public static void await() {
    new TestRoutes().host(NOBODY);
    HttpClient probe = HttpClient.newHttpClient();
    Await.until("weaving of the JDK's client", () -> isAnsweredByTheMesh(probe));
  }

  private static boolean isAnsweredByTheMesh(HttpClient probe) {
    try {
      return probe
              .sendAsync(
                  HttpRequest.newBuilder(URI.create("http://" + NOBODY + "/")).build(),
                  BodyHandlers.discarding())
              .join()
              .statusCode()
          == 503;
    } catch (CompletionException refused) {
      return false;
    }
  }
}
