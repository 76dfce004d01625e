package io.endomesh.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.endomesh.dataplane.Inbound.TlsMode;
import io.endomesh.dataplane.access.Watch;
import io.endomesh.dataplane.authorize.Authorization;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * What the mesh promises to an application that is an HTTP server, whichever it uses. The caller is
 * a client that knows nothing of the mesh, with a certificate where the promise is about one.
 */
@Contract("HTTP server")
public abstract class HttpServerContract extends HttpServerUpgradeContract {

  @Test
  void server_started_isOfferedToTheMesh_andTakenBackWhenItStops() throws Exception {
    String bound = "bound " + server.port() + " HTTP";
    assertThat(ports).containsExactly(bound);

    int port = server.port();
    server.close();

    assertThat(ports).containsExactly(bound, "closed " + port);
  }

  @Test
  void plaintext_withoutPolicy_isServedAsBefore() throws Exception {
    HttpResponse<String> response = get(plain(), "http", "/echo?x=1");

    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.headers().firstValue("x-path")).hasValue("/echo");
  }

  @Test
  void trail_thatIsAskedForByToken_isInTheAnswer() throws Exception {
    TrailPromises.server(routes, token -> TrailPromises.ask(plain(), uri("http", "/echo"), token));
  }

  @Test
  void asynchronousAnswer_endsTheCallOnce() throws Exception {
    assertThat(get(plain(), "http", "/async").body()).isEqualTo("later");

    Await.until("end of the call", () -> ended.equals(List.of(200)));
  }

  /**
   * Servers use their objects again for the next request: what is told is of the one that ended.
   */
  @Test
  void access_callsOfOneConnection_areToldEachAsItWas() throws Exception {
    Watch watch = looking();
    HttpClient client = plain();
    for (int i = 0; i < 3; i++) {
      page(client, "http", "/echo", i);
    }

    List<String> told = told(watch, 3);
    for (int i = 0; i < 3; i++) {
      String page = "\"http.request.header.x-page\":\"page-" + i + "\"";
      assertThat(told)
          .filteredOn(record -> record.contains(page))
          .singleElement()
          .asString()
          .contains(
              "\"side\":\"server\"", "\"url.path\":\"/echo\"", "\"url.query\":\"x=" + i + "\"")
          .contains("\"http.request.method\":\"GET\"", "\"http.response.status_code\":200")
          .contains("\"server.address\":\"127.0.0.1:" + server.port() + "\"")
          .contains("\"network.peer.address\":\"127.0.0.1\"", "\"tls\":false")
          .contains("\"network.local.port\":" + server.port(), "\"trace_id\":\"" + TRACE + "\"");
    }
  }

  @Test
  void access_callByMutualTls_isToldWithItsCaller() throws Exception {
    mode(TlsMode.STRICT, Authorization.ALLOW_ALL);
    Watch watch = looking();
    page(mutual(CALLER), "https", "/echo", 7);

    assertThat(told(watch, 1))
        .singleElement()
        .asString()
        .contains("\"url.path\":\"/echo\"", "\"tls\":true", "x-page\":\"page-7\"")
        .contains("\"endomesh.caller\":\"" + CALLER + "\"")
        .contains("\"network.local.port\":" + server.port());
  }

  @Test
  void access_asynchronousAnswer_isToldOnceItIsThere() throws Exception {
    Watch watch = looking();
    page(plain(), "http", "/async", 1);

    assertThat(told(watch, 1))
        .singleElement()
        .asString()
        .contains("\"url.path\":\"/async\"", "\"http.response.status_code\":200")
        .contains("x-page\":\"page-1\"", "\"network.peer.address\":\"127.0.0.1\"");
  }

  private void page(HttpClient client, String scheme, String path, int page)
      throws IOException, InterruptedException {
    client.send(
        HttpRequest.newBuilder(uri(scheme, path + "?x=" + page))
            .header("x-page", "page-" + page)
            .build(),
        BodyHandlers.ofString());
  }

  @Test
  void handler_throws_endsTheCallWith500() throws Exception {
    assertThat(get(plain(), "http", "/fails").statusCode()).isEqualTo(500);

    Await.until("end of the call", () -> ended.equals(List.of(500)));
  }
}
